import { isPaymentError } from '@payment-status/core'
import type { Tracker } from '../types.ts'
import { html, type Markup, value } from './markup.ts'
import { orderPage } from './order.ts'
import { overviewPage } from './overview.ts'
import { ordersTable } from './parts.ts'
import { policy, style } from './style.ts'

export interface StatusPageOptions {
  /** Who may see it. Without it the page answers on loopback addresses only. What it throws is no. */
  authorize?(request: Request): boolean | Promise<boolean>
}

const headers: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** What a proxy adds: then the person is not on this machine, whatever the address says. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const LONGEST_QUESTION = 500

/**
 * A page for those who are asked "where is my order?": finds an order by its own id or a payment's id or reference, and
 * says where it stands, what was heard of it, and what is to be done. Plain HTML from the server, without a script.
 *
 * It shows what was heard to everybody who may see it. Without `authorize` it answers requests to a loopback address
 * only: have your server listen on one.
 */
export function createStatusPage(
  tracker: Tracker,
  options: StatusPageOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!(await mayRead(request, options))) return toPage(403, 'Not for you', html`<h1>Not for you</h1>`)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { ...headers, allow: 'GET, HEAD' } })
    }
    try {
      return await answer(tracker, new URL(request.url).searchParams)
    } catch (error) {
      if (isPaymentError(error) && error.code === 'invalid_input')
        return toPage(
          400,
          'Not understood',
          html`<h1>Not understood</h1><p>This link is not one of this page.</p>`,
        )
      return toPage(
        503,
        'Not now',
        html`<h1>Not now</h1><p>What is known could not be read. Try again soon.</p>`,
      )
    }
  }
}

async function answer(tracker: Tracker, asked: URLSearchParams): Promise<Response> {
  const order = asked.get('order')
  if (order !== null) {
    const view = isReadable(order) ? await tracker.order(order) : undefined
    if (view) return toPage(200, `Order ${order}`, await orderPage(tracker, view))
    return toPage(404, 'No such order', html`<h1>No such order</h1><p>Nobody watches ${value(order)}.</p>`)
  }
  const question = asked.get('find')?.trim() ?? ''
  if (question !== '') return find(tracker, question)
  return toPage(200, 'Payments', await overviewPage(tracker, asked))
}

async function find(tracker: Tracker, question: string): Promise<Response> {
  const exact = isReadable(question) ? await tracker.order(question) : undefined
  const { orders } = isReadable(question) ? await tracker.orders({ payment: question }) : { orders: [] }
  const found = exact ? [exact, ...orders.filter(({ order }) => order !== exact.order)] : orders
  const [only] = found
  if (only && found.length === 1)
    return toPage(200, `Order ${only.order}`, await orderPage(tracker, only), question)
  const heading = html`<h1>Found for ${value(question)}</h1>`
  return toPage(found.length > 0 ? 200 : 404, 'Found', html`${heading}${ordersTable(found)}`, question)
}

/** What a database cannot hold, or nobody calls an order, is not asked for. */
function isReadable(text: string): boolean {
  return text.length <= LONGEST_QUESTION && !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}

async function mayRead(request: Request, { authorize }: StatusPageOptions): Promise<boolean> {
  if (!authorize) {
    const { hostname } = new URL(request.url)
    return loopback.test(hostname) && !proxyHeaders.some((name) => request.headers.has(name))
  }
  try {
    return (await authorize(request)) === true
  } catch {
    return false
  }
}

function toPage(status: number, title: string, main: Markup, question = ''): Response {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · payment-status</title>
<link rel="icon" href="data:,">
<style>${{ markup: style }}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><a href="?">All payments</a></header>
<form method="get" action="" role="search"><div class="search"><label for="find">An order, or a payment’s id or reference</label><input id="find" name="find" value="${question}" maxlength="${LONGEST_QUESTION}" autocomplete="off" spellcheck="false"></div><button>Find</button></form>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`
  return new Response(markup, { status, headers })
}
