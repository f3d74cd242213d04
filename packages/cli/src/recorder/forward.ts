import { inputError } from '../errors.ts'

/** Headers of one connection, and those that `fetch` writes itself. */
const ownHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const TIMEOUT_IN_MILLISECONDS = 30_000

/** Sends a request on, byte by byte, and returns the answer. Redirects are answers, too. */
export async function sendOn(
  { method, headers }: Request,
  { url, body, signal }: { readonly url: string; readonly body: Uint8Array; readonly signal: AbortSignal },
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Uint8Array<ArrayBuffer> }> {
  const answer = await fetch(url, {
    method,
    headers: endToEnd(headers, 'accept-encoding'),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: new Uint8Array(body) }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS)]),
  })
  return {
    status: answer.status,
    headers: endToEnd(answer.headers),
    body: new Uint8Array(await answer.arrayBuffer()),
  }
}

function endToEnd(headers: Headers, ...others: readonly string[]): Headers {
  const kept = [...headers].filter(([name]) => !ownHeaders.has(name) && !others.includes(name))
  return new Headers(kept)
}

/** Returns where a provider's deliveries go: its name is the last segment of the path. */
export function toWebhookUrl(base: URL, provider: string): URL {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, '')
  if (path.split('/').at(-1) !== provider) url.pathname = `${path}/${provider}`
  return url
}

/** Reads the URL of an option. Throws `invalid_input` that names the option and not the URL. */
export function readUrl(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw inputError(`${option} must be a URL such as http://localhost:3000/webhooks`)
}
