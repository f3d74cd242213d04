import { isPaymentError } from '@payment-status/core'
import { inputError } from '../errors.ts'
import type { OrderView } from '../types/order.ts'
import type { Tracker } from '../types/tracker.ts'
import { type Clock, createClock, isTimeZone } from './format.ts'
import { healthPage } from './health.ts'
import { LONGEST_SEARCH, type Page, toResponse } from './layout.ts'
import { html, value } from './markup.ts'
import { orderPage } from './order.ts'
import { exportOrders } from './order-export.ts'
import { isFiltered, readFilter } from './order-filter.ts'
import { orderListPage } from './order-list.ts'
import { ordersTable } from './orders.ts'
import { overviewPage } from './overview.ts'
import { tasksPage } from './tasks.ts'
import { createFormTokens, type FormTokens } from './tokens.ts'
import { findUnmatched, unmatchedPage } from './unmatched.ts'
import { readZone, zonePage } from './zone.ts'

/** Orders that one search shows. */
const FOUND = 50

export interface StatusPageOptions {
  /**
   * Decides who may see the page and close tasks. A rejection counts as no. `connection` is what an adapter of
   * `@payment-status/node` passes on: the address of the socket's other end.
   */
  authorize(
    request: Request,
    connection?: { readonly remoteAddress?: string | undefined },
  ): boolean | Promise<boolean>
  /** IANA time zone of times, until a viewer chooses another one. Default UTC. */
  readonly timeZone?: string | undefined
  /** Key of the forms' CSRF tokens. Give one where several processes serve the page. Default: random for each process. */
  readonly secret?: string | undefined
}

/** One request to the page, as its parts need it. */
export interface PageContext {
  readonly tracker: Tracker
  readonly query: URLSearchParams
  readonly clock: Clock
  readonly tokens: FormTokens
}

/**
 * Returns a handler that serves the status page: it finds an order by order id, payment id or reference, and shows in
 * plain words what became of its payment and what a person has to do. Plain HTML without a script. Throws `invalid_input`
 * when `authorize` is missing.
 *
 * @example
 * app.use('/payments', toNodeHandler(createStatusPage(tracker, { authorize: (request) => isSupport(request) })))
 */
export function createStatusPage(
  tracker: Tracker,
  options: StatusPageOptions,
): (request: Request, connection?: { readonly remoteAddress?: string | undefined }) => Promise<Response> {
  if (typeof options?.authorize !== 'function')
    throw inputError(
      '`authorize` is missing. Give a function that returns true for requests of people who may see payments.',
    )
  const ownClock = createClock(options.timeZone ?? 'UTC')
  const tokens = createFormTokens(options.secret)
  return async (request, connection) => {
    if (!(await isAuthorized(request, connection, options))) return toResponse(forbidden)
    const zone = readZone(request)
    const query = new URL(request.url).searchParams
    const clock = zone !== undefined && isTimeZone(zone) ? createClock(zone) : ownClock
    const context: PageContext = { tracker, query, clock, tokens }
    try {
      if (request.method === 'GET' || request.method === 'HEAD') {
        const found = await read(context)
        return found instanceof Response ? found : toResponse(found, context)
      }
      if (request.method === 'POST') return await sendForm(request, context)
    } catch (error) {
      return toResponse(isPaymentError(error) && error.code === 'invalid_input' ? invalidLink : unavailable)
    }
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD, POST' } })
  }
}

const forbidden: Page = {
  status: 403,
  title: 'No access',
  main: html`<h1>No access</h1><p>You may not see this page. Ask the person who runs it for access.</p>`,
}
const invalidLink: Page = {
  status: 400,
  title: 'Invalid link',
  main: html`<h1>Invalid link</h1><p>This link is not complete. Go back to the overview and try again.</p>`,
}
const unavailable: Page = {
  status: 503,
  title: 'Not available',
  main: html`<h1>Not available</h1><p>The payments could not be read. Reload this page in a minute. <a href="?health">Health</a> shows what is missing, and an order can be found by its whole id.</p>`,
}
const staleForm: Page = {
  status: 403,
  title: 'Not closed',
  main: html`<h1>The task was not closed</h1><p>This form is too old or was sent by another page. Open the order again and press the button there.</p>`,
}

async function read(context: PageContext): Promise<Page | Response> {
  const { tracker, query, clock } = context
  const order = query.get('order')
  if (order !== null) {
    const view = isSearchable(order) ? await tracker.order(order) : undefined
    return view ? orderPage(context, view) : notFound(order)
  }
  if (query.has('zone')) return zonePage(context)
  const search = query.get('find')?.trim() ?? ''
  if (search !== '') return find(context, search)
  if (query.has('tasks')) return tasksPage(context)
  if (query.has('unmatched')) return unmatchedPage(context)
  if (query.has('health')) return healthPage(context)
  const filter = readFilter(query, clock)
  if (query.has('export') && filter.problem === undefined) return exportOrders(context)
  const isList = query.has('orders') || query.has('cursor') || isFiltered(filter)
  return isList ? orderListPage(context) : overviewPage(context)
}

function notFound(search: string): Page {
  const main = html`<h1>Nothing found</h1>
<p>No order, payment or reference begins with ${value(search)}.</p>
<h2>What to try</h2>
<ul class="plain"><li>Copy the id from the shop or the provider’s dashboard again, without spaces around it.</li>
<li>Search for another id of the order: its number in the shop, the payment id or the reference.</li>
<li>An order appears here as soon as the shop has started to track it. Older orders are deleted after the retention period.</li></ul>`
  return { status: 404, title: 'Nothing found', main, search }
}

async function find(context: PageContext, search: string): Promise<Page> {
  const found = await findOrders(context.tracker, search)
  const [only] = found
  if (!only) return (await findUnmatched(context, search)) ?? notFound(search)
  if (found.length === 1) return { ...(await orderPage(context, only)), search }
  const main = html`<h1>Orders found</h1><p>${found.length < FOUND ? `${found.length} orders` : `The newest ${FOUND} orders`} with an id, a payment id or a reference that begins with ${value(search)}. Choose one, or type more of it.</p>${ordersTable(found, context.clock)}`
  return { status: 200, title: 'Orders found', main, search }
}

async function findOrders(tracker: Tracker, search: string): Promise<readonly OrderView[]> {
  if (!isSearchable(search)) return []
  const exact = await tracker.order(search)
  const { orders } = await tracker.orders({ search, limit: FOUND }).catch((error: unknown) => {
    // One of several databases may be away: the order itself is there.
    if (exact) return { orders: [] }
    throw error
  })
  return exact ? [exact, ...orders.filter(({ order }) => order !== exact.order)] : orders
}

/** A database stores no such text, and no id is that long. */
function isSearchable(text: string): boolean {
  return text.length <= LONGEST_SEARCH && !/[\0\p{Surrogate}]/u.test(text)
}

async function sendForm(request: Request, { tracker, tokens }: PageContext): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const key = form.get('task') ?? form.get('conflict') ?? ''
  const site = request.headers.get('sec-fetch-site')
  if ((site !== null && site !== 'same-origin') || !tokens.isValid(key, form.get('token') ?? ''))
    return toResponse(staleForm)
  const conflict = form.get('conflict')
  if (conflict !== null) await resolveConflict(tracker, conflict)
  else await tracker.closeTask(key)
  const next = new URLSearchParams()
  const order = form.get('order')
  if (order !== null) next.set('order', order)
  next.set('done', conflict === null ? 'task' : 'record')
  return new Response(null, { status: 303, headers: { location: `?${next}`, 'cache-control': 'no-store' } })
}

async function resolveConflict(tracker: Tracker, key: string): Promise<void> {
  const { provider, id } = JSON.parse(key) as { readonly provider: string; readonly id: string }
  await tracker.resolveConflict({ provider, id })
}

async function isAuthorized(
  request: Request,
  connection: { readonly remoteAddress?: string | undefined } | undefined,
  { authorize }: StatusPageOptions,
): Promise<boolean> {
  try {
    return (await authorize(request, connection)) === true
  } catch {
    return false
  }
}
