import { isPaymentError, PaymentError, type PaymentErrorCode } from '@payment-status/core'
import { timingSafeEqual } from '@payment-status/core/kit'
import type { Evidence, Tracker } from '@payment-status/tracker'
import { createStatusPage } from '@payment-status/tracker/page'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import type { Payments } from 'payment-status'
import { match } from 'ts-pattern'
import * as v from 'valibot'
import { inputError } from '../errors.ts'
import { ordersQuery, reportBody, returnBody, watchBody } from './bodies.ts'
import type { Metrics } from './metrics.ts'
import { createDocument } from './openapi.ts'

export interface ApiOptions {
  readonly tracker: Tracker
  readonly payments: Payments
  readonly metrics: Metrics
  /** Without one only this machine may ask. */
  readonly token: string | undefined
  /** A simulator's own controls, where providers are simulated. */
  readonly simulator?: ((request: Request) => Promise<Response>) | undefined
  onError(error: unknown): void
}

/** How long what is left of a refused body is read. */
const LONGEST_FAREWELL_IN_MILLISECONDS = 2000
const LARGEST_BODY_IN_BYTES = 1024 * 1024
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The tracker over HTTP, as `/openapi.json` describes it. */
export function createApi(options: ApiOptions): (request: Request) => Promise<Response> {
  const { tracker, payments, metrics, token, simulator } = options
  const app = new Hono()

  app.use(async (c, next) => {
    const start = performance.now()
    await next()
    metrics.observeRequest(routePath(c, -1), c.req.method, c.res.status, (performance.now() - start) / 1000)
  })
  // A page in somebody's browser can send requests to this machine, under a name of its own.
  app.use(async (c, next) => {
    if (token === undefined && !loopbackNames.has(new URL(c.req.url).hostname))
      return refuse(c, 403, 'forbidden', 'without a token only this machine may ask')
    return next()
  })
  app.post('/webhooks/:provider', (c) => tracker.webhooks(c.req.raw))
  app.get('/openapi.json', (c) => c.json(createDocument()))

  // For people: a browser asks for a password, and the token is it; the name does not matter.
  const servePage = createStatusPage(tracker, {
    async authorize(request) {
      if (token === undefined) return true // refused above for any but this machine
      const given = toPassword(request.headers.get('authorization'))
      return given !== undefined && timingSafeEqual(given, token)
    },
  })
  app.on(['GET', 'POST'], '/status', async (c) => {
    const response = await servePage(c.req.raw)
    if (response.status !== 403) return response
    response.headers.set('www-authenticate', 'Basic realm="payment-status", charset="UTF-8"')
    return new Response(response.body, { status: 401, headers: response.headers })
  })

  app.use(async (c, next) => {
    if (token === undefined) return next()
    const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (await timingSafeEqual(given, token)) return next()
    c.header('www-authenticate', 'Bearer')
    return refuse(c, 401, 'unauthorized', 'the bearer token is missing, or is another')
  })
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY_IN_BYTES,
      async onError(c) {
        // Read away, for a while: who still writes would find the connection closed, and no answer.
        const signal = AbortSignal.timeout(LONGEST_FAREWELL_IN_MILLISECONDS)
        await c.req.raw.body?.pipeTo(new WritableStream(), { signal }).catch(() => undefined)
        c.header('connection', 'close')
        return refuse(c, 413, 'too_large', 'the body is larger than 1 MiB')
      },
    }),
  )

  if (simulator) {
    app.all('/simulator/*', (c) => simulator(c.req.raw))
  }

  app.put('/orders/:order', async (c) => {
    const order = c.req.param('order')
    const watched = await readBody(c, watchBody)
    if (watched.payments.some(({ provider }) => !payments.has(provider))) {
      throw inputError('no provider of this name is configured')
    }
    await tracker.watch({ order, ...watched })
    return c.json(await findOrder(order))
  })
  app.get('/orders/:order', async (c) => c.json(await findOrder(c.req.param('order'))))
  app.delete('/orders/:order', async (c) => {
    await tracker.unwatch(c.req.param('order'))
    return c.body(null, 204)
  })
  app.get('/orders', async (c) =>
    c.json(await tracker.orders(check(ordersQuery, c.req.query(), 'the query'))),
  )
  app.post('/reports', async (c) => {
    const { provider, body, sent } = await readBody(c, reportBody)
    const report = await payments.provider(provider).readResponse(body, sent)
    if (report.evidence === 'hint') return c.json({ hint: report })
    return c.json({ report, ingested: await tracker.ingest(report) })
  })
  app.post('/returns', async (c) => {
    const { provider, url } = await readBody(c, returnBody)
    return c.json(await tracker.handleReturn(provider, url, { signal: c.req.raw.signal }))
  })
  app.get('/payments/:provider/:id/timeline', async (c) => {
    const { provider, id } = c.req.param()
    const evidence: Evidence[] = []
    for await (const piece of tracker.timeline({ provider, id })) evidence.push(piece)
    return c.json({ evidence })
  })
  app.get('/reconciliations/:provider/:day', async (c) => {
    const { provider, day } = c.req.param()
    const reconciliation = await tracker.reconciliation(provider, day)
    if (!reconciliation) throw notFound('this day was not compared yet')
    return c.json(reconciliation)
  })
  app.delete('/tasks/:key', async (c) => {
    await tracker.closeTask(c.req.param('key'))
    return c.body(null, 204)
  })
  app.get('/health', async (c) => c.json(await tracker.health()))
  app.get('/metrics', async (c) => c.body(await metrics.read(), 200, { 'content-type': metrics.contentType }))

  app.notFound((c) => refuse(c, 404, 'not_found', 'there is nothing of this path: see /openapi.json'))
  app.onError((error, c) => {
    if (!isPaymentError(error) || error.retryable) options.onError(error)
    // What is not ours may hold anything: the caller hears that it happened, and no more.
    if (!isPaymentError(error)) return refuse(c, 503, 'unavailable', 'the service cannot answer this now')
    if (error.retryAfterMs !== undefined)
      c.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
    return refuse(c, toHttpStatus(error.code), error.code, error.message)
  })

  async function findOrder(order: string) {
    const view = await tracker.order(order)
    if (view) return view
    throw notFound('no order of this name is watched')
  }

  return async (request) => app.fetch(request)
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 413 | 422 | 502 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status)
}

function toHttpStatus(code: PaymentErrorCode): 400 | 404 | 422 | 502 | 503 {
  return match(code)
    .returnType<400 | 404 | 422 | 502 | 503>()
    .with('invalid_input', 'unsupported', () => 400)
    .with('not_found', () => 404)
    .with('invalid_payload', 'invalid_signature', () => 422)
    .with('unauthorized', 'rejected', () => 502)
    .with('rate_limited', 'unavailable', () => 503)
    .exhaustive()
}

async function readBody<const Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await c.req.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw inputError('the body is not JSON')
  }
  return check(schema, value, 'the body')
}

/** Names paths and what is expected there, and no value. */
function check<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value)
  if (success) return output
  const places = issues
    ?.slice(0, 5)
    .map((issue) => `${v.getDotPath(issue) ?? 'the whole'}: ${issue.expected ?? issue.type}`)
  throw inputError(`${what} is not as described (expected ${places?.join('; ')})`)
}

function notFound(message: string): PaymentError {
  return new PaymentError({ code: 'not_found', provider: 'payment-status', message })
}

/** The token as a program gives it, or as the password a person was asked for. */
function toPassword(header: string | null): string | undefined {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) (.+)$/i.exec(header ?? '') ?? []
  if (scheme.toLowerCase() !== 'basic') return scheme === '' ? undefined : given
  const text = Buffer.from(given, 'base64').toString('utf8')
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined
}
