import { isPaymentError, PaymentError, type PaymentErrorCode } from '@payment-status/core'
import type { WebHandler } from '@payment-status/node'
import type { Evidence, Tracker } from '@payment-status/tracker'
import { createStatusPage } from '@payment-status/tracker/page'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import type { Payments } from 'payment-status'
import { match } from 'ts-pattern'
import { describeDatabaseError } from '../database-errors.ts'
import { inputError } from '../errors.ts'
import { createAttempts } from './attempts.ts'
import { listQuery, ordersQuery, reportBody, returnBody, taskQuery, watchBody } from './bodies.ts'
import { refuseOtherSites, refuseUnstorable, requireJson } from './guard.ts'
import type { Metrics } from './metrics.ts'
import { createDocument } from './openapi.ts'
import { readBody, readQuery } from './read-request.ts'
import { refuse } from './refusal.ts'
import { createLogin, deriveKey, hasSession, isToken, readBearer, type ServiceEnv } from './session.ts'

export interface ApiOptions {
  readonly tracker: Tracker
  readonly payments: Payments
  readonly metrics: Metrics
  /** Every request must carry it, except webhooks, `/healthz` and `/openapi.json`. */
  readonly token: string
  /** Time zone of the status page. */
  readonly timeZone: string
  /** The simulator's own controls, where providers are simulated. */
  readonly simulator?: ((request: Request) => Promise<Response>) | undefined
  onError(error: unknown): void
}

const LARGEST_BODY_IN_BYTES = 1024 * 1024
const WRONG_TOKENS_PER_MINUTE = 60

/** Returns the tracker over HTTP, as `/openapi.json` describes it. */
export function createApi(options: ApiOptions): WebHandler {
  const { tracker, payments, metrics, token, simulator } = options
  const app = new Hono<ServiceEnv>()
  const attempts = createAttempts({ perMinute: WRONG_TOKENS_PER_MINUTE, trusts: true })
  const checkHealth = shareRunning(() =>
    tracker.health().then(
      () => true,
      () => false,
    ),
  )
  let document: ReturnType<typeof createDocument> | undefined
  const readDocument = () => (document ??= createDocument())

  app.use(async (c, next) => {
    const start = performance.now()
    await next()
    metrics.observeRequest(routePath(c, -1), c.req.method, c.res.status, (performance.now() - start) / 1000)
  })

  app.use(async (c, next) => {
    await next()
    // What a proxy or a browser keeps of an order's state is soon wrong, and was meant for one reader.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
  })

  // Open to everyone: providers prove themselves by their signatures, and the rest holds no data of a shop.
  app.post('/webhooks/:provider', (c) => tracker.webhooks(c.req.raw))
  app.all('/webhooks/:provider', (c) =>
    refuse(c, 405, 'method_not_allowed', 'webhooks must be sent with POST'),
  )
  app.get('/healthz', async (c) => {
    const isHealthy = await checkHealth()
    return c.text(isHealthy ? 'ok' : 'the database cannot be reached', isHealthy ? 200 : 503)
  })
  app.get('/', (c) => c.redirect('/status'))
  app.get('/openapi.json', (c) => c.json(readDocument()))

  app.use(refuseOtherSites)
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY_IN_BYTES,
      onError: (c) => refuse(c, 413, 'too_large', 'the body must be at most 1 MiB'),
    }),
  )

  // Before every route that compares a token.
  app.use(async (c, next) => {
    const given = readBearer(c.req.header('authorization'))
    if (given === undefined) return next()
    const seconds = await attempts.wait(c.env.address)
    if (seconds > 0) {
      c.header('retry-after', String(seconds))
      return refuse(c, 429, 'rate_limited', `too many wrong tokens: try again in ${seconds} seconds`)
    }
    await attempts.count(c.env.address, isToken(given, token))
    return next()
  })

  // For people: the token is entered once, and a cookie opens the page from then on.
  const servePage = createStatusPage(tracker, {
    authorize: (request) => hasSession(request, token),
    timeZone: options.timeZone,
    secret: deriveKey(token, 'status page'),
  })
  app.route('/status', createLogin(token))
  app.all('/status', (c) => servePage(c.req.raw))
  app.get('/status/*', (c) => c.redirect('/status'))

  app.use(async (c, next) => {
    if (isToken(readBearer(c.req.header('authorization')), token)) return next()
    c.header('www-authenticate', 'Bearer')
    return refuse(
      c,
      401,
      'unauthorized',
      'the bearer token is missing or wrong: send the header `authorization: Bearer <token>`',
    )
  })
  if (simulator) app.all('/simulator/*', (c) => simulator(c.req.raw))
  app.use(requireJson)
  app.use(refuseUnstorable)

  app.put('/orders/:order', async (c) => {
    const order = c.req.param('order')
    const watched = await readBody(c, watchBody)
    for (const { provider } of watched.payments) checkProvider(provider)
    await tracker.watch({ order, ...watched })
    return c.json(await findOrder(order))
  })
  app.get('/orders/:order', async (c) => c.json(await findOrder(c.req.param('order'))))
  app.post('/orders/:order/refresh', async (c) => {
    const order = c.req.param('order')
    await findOrder(order)
    return c.json(await tracker.refresh(order))
  })
  app.delete('/orders/:order', async (c) => {
    await findOrder(c.req.param('order'))
    const result = await tracker.unwatch(c.req.param('order'))
    return result.undecided.length > 0 ? c.json(result) : c.body(null, 204)
  })
  app.get('/orders', async (c) => {
    const { amount, currency, ...query } = readQuery(c, ordersQuery)
    if ((amount === undefined) !== (currency === undefined))
      throw inputError('`amount`, in minor units, and `currency` must be given together')
    const due = amount === undefined || currency === undefined ? {} : { amount: { amount, currency } }
    return c.json(await tracker.orders({ ...query, ...due }))
  })
  app.post('/reports', async (c) => {
    const { provider, body, sent } = await readBody(c, reportBody)
    checkProvider(provider)
    const evidence = await payments.provider(provider).readResponse(body, sent)
    if (evidence.evidence === 'hint') return c.json({ hint: evidence })
    return c.json({ report: evidence, ingested: await tracker.ingest(evidence) })
  })
  app.post('/returns', async (c) => {
    const { provider, url, order } = await readBody(c, returnBody)
    checkProvider(provider)
    return c.json(await tracker.handleReturn(provider, url, { order, signal: c.req.raw.signal }))
  })
  app.get('/payments/:provider/:id/timeline', async (c) => {
    const { provider, id } = c.req.param()
    const evidence: Evidence[] = []
    for await (const piece of tracker.timeline({ provider, id })) evidence.push(piece)
    return c.json({ evidence })
  })
  app.get('/unmatched', async (c) => c.json(await tracker.unmatched(readQuery(c, listQuery))))
  app.get('/reconciliations/:provider/:day', async (c) => {
    const { provider, day } = c.req.param()
    const reconciliation = await tracker.reconciliation(provider, day)
    if (!reconciliation) throw notFound('this day of this provider has not been compared yet')
    return c.json(reconciliation)
  })
  app.get('/tasks', async (c) => c.json({ tasks: await tracker.openTasks(readQuery(c, taskQuery)) }))
  app.delete('/tasks/:key{.+}', async (c) => {
    if (await tracker.closeTask(c.req.param('key'))) return c.body(null, 204)
    throw notFound('no open task has this key')
  })
  app.get('/health', async (c) => c.json(await tracker.health()))
  app.get('/metrics', async (c) => c.body(await metrics.read(), 200, { 'content-type': metrics.contentType }))

  app.notFound((c) =>
    refuse(c, 404, 'not_found', 'the service has no such path or method: GET /openapi.json lists all'),
  )
  app.onError((error, c) => {
    if (!isPaymentError(error) || error.retryable) options.onError(error)
    // The text of another error may hold anything, so the caller receives a sentence of ours.
    if (!isPaymentError(error))
      return refuse(
        c,
        503,
        'unavailable',
        describeDatabaseError(error) ?? 'the service cannot answer now: try again',
      )
    if (error.retryAfterMs !== undefined)
      c.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
    return refuse(c, toHttpStatus(error.code), error.code, error.message)
  })

  function checkProvider(name: string): void {
    if (!payments.has(name)) throw inputError('no provider of this name is configured')
  }

  async function findOrder(order: string) {
    const view = await tracker.order(order)
    if (view) return view
    throw notFound('no order of this id is tracked: PUT /orders/{order} tracks one')
  }

  return async (request, connection) => {
    const response = await app.fetch(request, { address: connection?.remoteAddress ?? 'unknown' })
    // The tracker answers some webhooks with a status alone; every answer of the service says what it means.
    return response.status === 404 && response.body === null
      ? Response.json(
          { error: { code: 'not_found', message: 'no provider of this name is configured' } },
          { status: 404 },
        )
      : response
  }
}

/** Returns a call whose callers share one run: requests without a token must not multiply the database's work. */
function shareRunning<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }
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

function notFound(message: string): PaymentError {
  return new PaymentError({ code: 'not_found', provider: 'payment-status', message })
}
