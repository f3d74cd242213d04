import { html, type Markup } from './markup.ts'
import type { PageContext } from './status-page.ts'
import { policy, style } from './style.ts'

/** Places that the header links to, by their names in the query; '' is the overview. */
const places = {
  '': 'Overview',
  orders: 'Orders',
  tasks: 'Tasks',
  unmatched: 'Money without an order',
  health: 'Health',
} as const

/** The answer to one request. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly main: Markup
  /** Place of the header that is open. */
  readonly place?: keyof typeof places
  /** The text of the search box. */
  readonly search?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export const LONGEST_SEARCH = 500

const headers: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Makes the response of a page. Without a context, for a viewer who has no access, there is no search box. */
export function toResponse(page: Page, context?: PageContext): Response {
  const { status, title, main, place, search = '' } = page
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Payment status</title>
<link rel="icon" href="data:,">
<style>${{ markup: style }}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="inside"><a class="brand" href="?">Payment status</a>${context && html`<nav aria-label="Pages">${links(place)}</nav>`}</div></header>
<main id="main" tabindex="-1" class="inside">
${context && searchForm(search)}
${context && notice(context.query.get('done'))}
${main}
</main>
${context && html`<footer class="inside"><p>Times are in ${context.clock.timeZone}. <a href="?zone">Change time zone</a></p></footer>`}
</body>
</html>
`
  return new Response(markup, { status, headers: { ...headers, ...page.headers } })
}

function links(open: Page['place']): Markup[] {
  return Object.entries(places).map(([name, title]) =>
    name === open
      ? html`<a href="?${name}" aria-current="page">${title}</a>`
      : html`<a href="?${name}">${title}</a>`,
  )
}

function notice(done: string | null): Markup | undefined {
  const notices: Readonly<Record<string, string>> = {
    task: 'The task is closed.',
    record: 'The record stands, and the payment goes on.',
  }
  return done !== null && Object.hasOwn(notices, done)
    ? html`<p class="notice" role="status">${notices[done]}</p>`
    : undefined
}

function searchForm(search: string): Markup {
  return html`<form method="get" action="" role="search" class="search">
<label for="find">Find an order</label>
<p class="hint" id="find-hint">Order id, payment id or reference. The beginning is enough.</p>
<div class="row"><input id="find" name="find" value="${search}" maxlength="${LONGEST_SEARCH}" aria-describedby="find-hint" autocomplete="off" autocapitalize="off" spellcheck="false"><button>Search</button></div>
</form>`
}
