import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { createAttempts } from './attempts.ts'

const COOKIE = 'payment_status_session'
const LIFETIME_IN_SECONDS = 12 * 60 * 60
const GUESSES_PER_MINUTE = 10

/** Values that the server passes on with each request. */
export interface ServiceEnv {
  readonly Bindings: {
    /** Address of the socket's other end: behind a proxy, the proxy's. */
    readonly address: string
  }
}

/** Compares a given token with the service's, in constant time. */
export function isToken(given: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

/** Returns the token of an `Authorization: Bearer` header. */
export function readBearer(header: string | null | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1]
}

/** A key for one use, derived from the token: the same in every replica that has the same token. */
export function deriveKey(token: string, use: string): string {
  return createHmac('sha256', token).update(use).digest('base64url')
}

/** Returns whether a request carries a session of the status page, or the token itself. */
export function hasSession(request: Request, token: string): boolean {
  if (isToken(readBearer(request.headers.get('authorization')), token)) return true
  const cookies = request.headers.get('cookie') ?? ''
  const [, session = ''] = new RegExp(`(?:^|; )${COOKIE}=([\\w.-]+)`).exec(cookies) ?? []
  const [expires = ''] = session.split('.')
  return (
    /^\d{1,12}$/.test(expires) &&
    Number(expires) > Date.now() / 1000 &&
    isToken(session, createSession(token, expires))
  )
}

/**
 * Serves the login of the status page: a form that takes the token once and sets a cookie for 12 hours. The cookie holds
 * a signature, not the token. It opens the page only; the HTTP API asks for the bearer token.
 */
export function createLogin(token: string): Hono<ServiceEnv> {
  const login = new Hono<ServiceEnv>()
  const attempts = createAttempts({ perMinute: GUESSES_PER_MINUTE, trusts: false })
  login.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      referrerPolicy: 'same-origin',
      strictTransportSecurity: false,
    }),
  )
  login.post('/login', async (c) => {
    const given = new URLSearchParams(await c.req.text())
    if (!isToken(given.get('form') ?? '', formToken(token)))
      return answer(c, token, 403, 'Open this page again: the form is out of date.')
    const { address } = c.env
    const seconds = await attempts.wait(address)
    if (seconds > 0) {
      c.header('retry-after', String(seconds))
      return answer(c, token, 429, `Too many wrong tokens. Try again in ${seconds} seconds.`)
    }
    const isRight = isToken(given.get('token')?.trim(), token)
    await attempts.count(address, isRight)
    if (!isRight) return answer(c, token, 401, 'This is not the token of this service.')
    const expires = String(Math.floor(Date.now() / 1000) + LIFETIME_IN_SECONDS)
    setCookie(c, COOKIE, createSession(token, expires), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/status',
      maxAge: LIFETIME_IN_SECONDS,
      secure: new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https',
    })
    return c.redirect('/status', 303)
  })
  login.post('/logout', (c) => {
    setCookie(c, COOKIE, '', { httpOnly: true, sameSite: 'Strict', path: '/status', maxAge: 0 })
    return c.redirect('/status', 303)
  })
  login.get('/', async (c, next) => {
    if (hasSession(c.req.raw, token)) return next()
    const isStale = getCookie(c, COOKIE) !== undefined
    return answer(c, token, 401, isStale ? 'Your session has ended.' : undefined)
  })
  return login
}

function createSession(token: string, expires: string): string {
  return `${expires}.${deriveKey(token, `session ${expires}`)}`
}

/** The form's own token changes with the day, so an old form ends, and a page of another site cannot know it. */
function formToken(token: string): string {
  return deriveKey(token, `login ${new Date().toISOString().slice(0, 10)}`)
}

function answer(
  c: Context,
  token: string,
  status: 401 | 403 | 429,
  problem: string | undefined,
): Response | Promise<Response> {
  c.header('cache-control', 'no-store')
  const alert = problem === undefined ? '' : `<p role="alert">${problem}</p>`
  return c.html(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Log in · Payment status</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --text: #1a1f2b; --soft: #545c6c; --line: #dfe3ea; --back: #f5f7fa; --panel: #fff; --link: #1f50b5; --on-link: #fff; --border: #8a93a3; --bad: #a3221b }
@media (prefers-color-scheme: dark) { :root { --text: #e7eaf0; --soft: #a9b1c0; --line: #2f3643; --back: #11151c; --panel: #191e27; --link: #9fc0ff; --on-link: #10203f; --border: #6f7889; --bad: #ffb0a8 } }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--text); background: var(--back) }
main { box-sizing: border-box; max-width: 30rem; margin: 12vh auto; padding: 0 1rem }
form { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem }
h1 { font-size: 1.75rem; margin: 0 0 1rem }
label { display: block; font-weight: 600 }
input { box-sizing: border-box; width: 100%; min-height: 44px; font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--border); border-radius: 8px; padding: .5rem .75rem; margin: .25rem 0 .5rem }
button { min-height: 44px; font: inherit; font-weight: 600; color: var(--on-link); background: var(--link); border: 1px solid var(--link); border-radius: 8px; padding: .5rem 1.25rem; cursor: pointer }
:is(input, button):focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
#hint { color: var(--soft); font-size: 14px; margin: 0 0 1rem }
[role=alert] { color: var(--bad); font-weight: 600 }
</style>
</head>
<body>
<main>
<h1>Payment status</h1>
${alert}
<form method="post" action="/status/login">
<input type="hidden" name="form" value="${formToken(token)}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required aria-describedby="hint">
<p id="hint">The service printed it at its first start, or it is the value of PAYMENT_STATUS_TOKEN.</p>
<button>Log in</button>
</form>
</main>
</body>
</html>
`,
    status,
  )
}
