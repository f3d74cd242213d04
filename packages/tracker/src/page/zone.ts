import { isTimeZone } from './format.ts'
import type { Page } from './layout.ts'
import { html } from './markup.ts'
import type { PageContext } from './status-page.ts'

const COOKIE = 'payment_status_zone'
const A_YEAR_IN_SECONDS = 365 * 24 * 60 * 60

/** Returns the time zone that the viewer chose, if any. A page without a script cannot learn the browser's own. */
export function readZone(request: Request): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(/;\s*/)
  const found = pairs.find((pair) => pair.startsWith(`${COOKIE}=`))
  return found?.slice(COOKIE.length + 1).replaceAll('%2F', '/')
}

/** Lets the viewer choose a time zone. It stays in a cookie. */
export function zonePage({ query, clock }: PageContext): Page {
  const chosen = query.get('zone') ?? ''
  if (isTimeZone(chosen)) {
    const cookie = `${COOKIE}=${chosen.replaceAll('/', '%2F')}; Max-Age=${A_YEAR_IN_SECONDS}; HttpOnly; SameSite=Strict`
    return {
      status: 303,
      title: 'Time zone',
      main: html`<p><a href="?">Overview</a></p>`,
      headers: { location: '?', 'set-cookie': cookie },
    }
  }
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')]
  const options = zones.map((name) =>
    name === clock.timeZone ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
  )
  const main = html`<h1>Time zone</h1>
<p>All times on these pages are shown in this time zone. The choice stays in this browser.</p>
<form method="get" action="" class="row"><p><label for="zone">Time zone</label><select id="zone" name="zone">${options}</select></p><button>Use this time zone</button></form>`
  return { status: 200, title: 'Time zone', main }
}
