import type { Reconciliation } from '../types/reconciliation.ts'
import { counted, createClock, properName } from './format.ts'
import { html, id, type Markup } from './markup.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { badge } from './words.ts'

const DIFFERENCES = 50
const ORDERS = 50
const DAY_IN_MILLISECONDS = 24 * 60 * 60_000

/**
 * Shows a day's reconciliation with each provider: what was compared, what was corrected, and what still differs. The day
 * is yesterday, or the one of the query.
 */
export async function nightlyChecks(context: PageContext): Promise<Markup> {
  const { tracker, query } = context
  const day = readDay(query.get('day')) ?? addDays(new Date().toISOString().slice(0, 10), -1)
  const found: Reconciliation[] = []
  for (const provider of await findProviders(context)) {
    const result = await tracker.reconciliation(provider, day)
    if (result) found.push(result)
  }
  const link = (days: number, title: string) =>
    html`<a class="button" href="?health&amp;day=${addDays(day, days)}">${title}</a>`
  return html`<p>Each night the records are compared with the providers’ lists. This is the check of <b>${nameOf(day)}</b>.</p>
${found.length > 0 ? found.map(checkOf) : empty(`The payments of ${nameOf(day)} were not compared yet.`)}
<p class="row after">${link(-1, 'Day before')}${link(1, 'Day after')}</p>`
}

/** Returns the providers of the last days and of the newest orders. */
async function findProviders({ tracker }: PageContext): Promise<ReadonlySet<string>> {
  const { webhookDelays } = await tracker.statistics()
  const { orders } = await tracker.orders({ limit: ORDERS })
  return new Set([
    ...webhookDelays.map(({ provider }) => provider),
    ...orders.flatMap(({ payments }) => payments.map(({ provider }) => provider)),
  ])
}

function readDay(text: string | null): string | undefined {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
  return isDay ? (text ?? undefined) : undefined
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_IN_MILLISECONDS).toISOString().slice(0, 10)
}

/** Writes `29 Nov 2026`. The day is one of the nightly work's time zone, whatever the viewer's is. */
function nameOf(day: string): string {
  return createClock('UTC').day(`${day}T12:00:00Z`)
}

function checkOf({ provider, healed, summary, notKept, differences }: Reconciliation): Markup {
  const rows = differences
    .slice(0, DIFFERENCES)
    .map(({ kind, theirs, ours, fields }) => [
      id(theirs?.payment.id ?? ours?.id ?? ours?.reference),
      kind.replaceAll('_', ' '),
      fields?.join(', ') ?? html`<span class="soft">–</span>`,
      theirs ? badge(theirs.payment.status) : html`<span class="soft">Not listed</span>`,
      ours?.status ? badge(ours.status) : html`<span class="soft">Not recorded</span>`,
    ])
  const columns = [
    { title: 'Payment' },
    { title: 'Difference' },
    { title: 'Fields', kind: 'text' as const },
    { title: 'Provider states' },
    { title: 'Recorded' },
  ]
  return html`<div class="panel"><h3><bdi>${properName(provider)}</bdi></h3>
<p>${counted(summary.same, 'payment')} of ${summary.theirs.toLocaleString('en')} agree. ${healed.toLocaleString('en')} corrected, ${differences.length.toLocaleString('en')} still differ.${!summary.complete && ' The provider’s list broke off, so the check is not complete.'}${notKept !== undefined && ` ${counted(notKept, 'listed payment')} not compared: older than what is kept.`}</p>
${rows.length > 0 && table(`Differences with ${provider}`, columns, rows)}</div>`
}
