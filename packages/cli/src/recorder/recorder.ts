import { isPaymentError, type PaymentProvider } from '@payment-status/core'
import type { RecordedFile, RecordingFolder } from './file.ts'
import { sendOn, toWebhookUrl } from './forward.ts'
import { findRecorded } from './providers.ts'
import { type RecordedRequest, redactBody, redactRequest } from './redact.ts'
import type { Synthesizer } from './synthesize.ts'

/** Result of one request to the recorder. It names nothing of what was received. */
export type RecorderNote =
  | { readonly kind: 'kept'; readonly name: string; readonly provider: string; readonly status: number }
  | { readonly kind: 'not_kept'; readonly provider: string; readonly why: string }

export interface RecorderOptions {
  readonly providers: readonly PaymentProvider[]
  readonly folder: RecordingFolder
  readonly synthesizer: Synthesizer
  /** Where deliveries are sent on. Without it the recorder answers them itself. */
  readonly forward?: URL | undefined
  /** Base URL of each provider's query API, by name. */
  readonly upstream: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  onNote(note: RecorderNote): void
}

/** Two web-standard handlers: the endpoint for deliveries, and the proxy in front of the query APIs. */
export interface Recorder {
  receive(request: Request): Promise<Response>
  proxy(request: Request): Promise<Response>
}

const LARGEST_DELIVERY_IN_BYTES = 1024 * 1024
const LARGEST_ANSWER_IN_BYTES = 16 * 1024 * 1024

export function createRecorder(options: RecorderOptions): Recorder {
  const { providers, folder, synthesizer, forward, upstream, signal, onNote } = options

  async function keep(number: number, file: RecordedFile, status: number): Promise<void> {
    const { provider } = file
    try {
      onNote({ kind: 'kept', provider, status, name: await folder.write(number, file) })
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      onNote({ kind: 'not_kept', provider, why: `its file cannot be written (${code})` })
    }
  }

  async function receive(request: Request): Promise<Response> {
    const at = new Date().toISOString()
    const url = new URL(request.url)
    const name = url.pathname.split('/').findLast((part) => part !== '') ?? ''
    const provider = providers.find((one) => one.name === name)
    const recorded = findRecorded(name)
    if (!provider || !recorded) return new Response(null, { status: 404 })
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
    const bytes = await readBytes(request, LARGEST_DELIVERY_IN_BYTES)
    if (!bytes) return new Response(null, { status: 413 })

    const verdict = await verify(provider, request, bytes)
    const number = verdict.isAuthentic ? folder.reserve() : 0
    let answer = verdict.answer
    if (forward) {
      const target = toWebhookUrl(forward, name)
      target.search = url.search
      answer = await sendOn(request, { url: target.href, body: bytes, signal })
        .then(({ status, headers, body }) => new Response(isEmpty(status) ? null : body, { status, headers }))
        .catch(() => new Response('the shop of --forward cannot be reached', { status: 502 }))
    }
    if (!verdict.isAuthentic) {
      onNote({ kind: 'not_kept', provider: name, why: verdict.why })
      return answer
    }
    const parsed = parse(bytes)
    if (parsed === undefined) onNote({ kind: 'not_kept', provider: name, why: 'its body is not JSON' })
    else {
      const redacted = redactBody(parsed, recorded, synthesizer)
      await keep(number, { format: 1, kind: 'delivery', provider: name, at, ...redacted }, answer.status)
    }
    return answer
  }

  /** Only a delivery with a valid signature is kept, also where the reader cannot read it. */
  async function verify(provider: PaymentProvider, request: Request, rawBody: Uint8Array): Promise<Verdict> {
    try {
      const { headers, method, url } = request
      const { reply } = await provider.readWebhook({ rawBody, headers, method, url }, { signal })
      const { status, body, contentType } = reply
      const answer = new Response(body, { status, headers: { 'content-type': contentType } })
      return { isAuthentic: true, answer }
    } catch (error) {
      const code = isPaymentError(error) ? error.code : undefined
      if (code === 'invalid_payload')
        return { isAuthentic: true, answer: new Response(null, { status: 200 }) }
      if (code === 'invalid_signature')
        return {
          isAuthentic: false,
          why: 'its signature is not valid',
          answer: new Response(null, { status: 401 }),
        }
      const why = code === 'invalid_input' ? 'its secret is not configured' : 'it could not be verified'
      return { isAuthentic: false, why, answer: new Response(null, { status: 500 }) }
    }
  }

  async function proxy(request: Request): Promise<Response> {
    const at = new Date().toISOString()
    const url = new URL(request.url)
    const [, name = '', ...rest] = url.pathname.split('/')
    const recorded = findRecorded(name)
    const base = Object.hasOwn(upstream, name) ? upstream[name] : undefined
    if (!recorded || base === undefined) return new Response(null, { status: 404 })
    const path = `/${rest.join('/')}`
    const { certificates, sandbox } = recorded
    const isElsewhere = base === sandbox && certificates && path.startsWith(certificates.path)
    const host = isElsewhere ? certificates.sandbox : base
    const bytes = await readBytes(request, LARGEST_DELIVERY_IN_BYTES)
    if (!bytes) return new Response(null, { status: 413 })
    let answer: Awaited<ReturnType<typeof sendOn>>
    try {
      answer = await sendOn(request, {
        url: host.replace(/\/+$/, '') + path + url.search,
        body: bytes,
        signal,
      })
    } catch {
      onNote({ kind: 'not_kept', provider: name, why: 'its query API cannot be reached' })
      return Response.json({ error: 'the query API cannot be reached' }, { status: 502 })
    }
    const { status, headers, body } = answer
    const parsed = body.length > LARGEST_ANSWER_IN_BYTES ? undefined : parse(body)
    // The answer to a login is a token and nothing else.
    if (parsed !== undefined && path !== recorded.login?.path) {
      const redacted = redactBody(parsed, recorded, synthesizer)
      const sent: RecordedRequest = {
        method: request.method,
        path,
        query: [...url.searchParams],
        ...(bytes.length === 0 ? {} : { body: parse(bytes) }),
      }
      const file = { format: 1, kind: 'answer', provider: name, at, status, ...redacted } as const
      await keep(folder.reserve(), { ...file, request: redactRequest(sent, recorded, synthesizer) }, status)
    }
    return new Response(isEmpty(status) ? null : body, { status, headers })
  }

  return { receive, proxy }
}

type Verdict = { readonly answer: Response } & (
  | { readonly isAuthentic: true }
  | { readonly isAuthentic: false; readonly why: string }
)

async function readBytes(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** Answers of these statuses have no body. */
function isEmpty(status: number): boolean {
  return [101, 204, 205, 304].includes(status)
}
