import type { Reconciliation } from '../types.ts'
import { counted, properName } from './format.ts'
import { html, id, type Markup } from './markup.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { badge } from './words.ts'

const DIFFERENCES = 50

/** Shows last night's reconciliation with each provider: what was compared, what was corrected, and what still differs. */
export async function nightlyChecks(
  { tracker, clock }: PageContext,
  providers: readonly string[],
): Promise<Markup> {
  const day = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10)
  const found: Reconciliation[] = []
  for (const provider of providers) {
    const result = await tracker.reconciliation(provider, day)
    if (result) found.push(result)
  }
  if (found.length === 0)
    return empty(
      `The payments of ${clock.day(`${day}T12:00:00Z`)} were not compared yet. Each night the records are compared with the providers’ lists.`,
    )
  return html`${found.map(checkOf)}`
}

function checkOf({ provider, healed, summary, differences }: Reconciliation): Markup {
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
<p>${counted(summary.same, 'payment')} of ${summary.theirs.toLocaleString('en')} agree. ${healed.toLocaleString('en')} corrected, ${differences.length.toLocaleString('en')} still differ.${!summary.complete && ' The provider’s list broke off, so the check is not complete.'}</p>
${rows.length > 0 && table(`Differences with ${provider}`, columns, rows)}</div>`
}
