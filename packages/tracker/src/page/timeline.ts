import type { Payment } from '@payment-status/core'
import type { Evidence } from '../types/evidence.ts'
import type { PaymentView } from '../types/order.ts'
import { type Clock, counted } from './format.ts'
import { type Content, html, id, type Markup, value } from './markup.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { badge, disputeWords, effectWords, sourceWords } from './words.ts'

/** Of a longer timeline the newest entries are shown. */
const LONGEST_TIMELINE = 500

interface Entry {
  readonly payment: string
  readonly evidence: Evidence
  /** The status recorded before this evidence. */
  readonly before: Payment['status'] | undefined
}

/** Shows everything that was received about the payments of an order, newest first, with a legend. */
export async function timeline(
  { tracker, clock }: PageContext,
  payments: readonly PaymentView[],
): Promise<Markup> {
  const entries: Entry[] = []
  let left = 0
  for (const { provider, id } of payments) {
    let before: Entry['before']
    const own: Entry[] = []
    for await (const evidence of tracker.timeline({ provider, id })) {
      own.push({ payment: id, evidence, before })
      if (own.length > LONGEST_TIMELINE) {
        own.shift()
        left++
      }
      if (isRecorded(evidence)) before = evidence.report?.payment.status ?? before
    }
    entries.push(...own)
  }
  if (entries.length === 0)
    return empty('Nothing received yet. Each message and answer of the provider appears here.')
  entries.sort((one, other) => other.evidence.receivedAt.localeCompare(one.evidence.receivedAt))
  const repeated = payments.reduce((sum, { repeatedPolls }) => sum + repeatedPolls, 0)
  const several = payments.length > 1
  const columns = [
    { title: 'Happened' },
    { title: 'Received' },
    ...(several ? [{ title: 'Payment' }] : []),
    { title: 'Source' },
    { title: 'The provider’s words', kind: 'text' as const },
    { title: 'What it changed', kind: 'text' as const },
  ]
  const rows = entries.map((entry) => {
    const { evidence, payment } = entry
    const happened = happenedAt(evidence)
    return [
      happened === undefined ? html`<span class="soft">Not stated</span>` : precisely(happened, clock),
      precisely(evidence.receivedAt, clock),
      ...(several ? [id(payment)] : []),
      sourceWords[evidence.kind].name,
      wordsOf(evidence),
      effectOf(entry),
    ]
  })
  return html`${left > 0 && html`<p class="soft">${counted(left, 'older entry', 'older entries')} not shown.</p>`}
${table('Timeline, newest first', columns, rows)}
${repeated > 0 && html`<p class="soft">${counted(repeated, 'further poll')} confirmed the record and ${repeated === 1 ? 'is' : 'are'} not listed.</p>`}
${legend(entries)}`
}

function precisely(instant: string, clock: Clock): Markup {
  return html`<time datetime="${instant}">${clock.precise(instant)}</time>`
}

function isRecorded({ outcome }: Evidence): boolean {
  return outcome === 'applied' || outcome === 'corrected'
}

function happenedAt({ report, dispute }: Evidence): string | undefined {
  return report?.occurredAt ?? report?.payment.updatedAt ?? report?.payment.createdAt ?? dispute?.updatedAt
}

function wordsOf({ type, report, dispute, why }: Evidence): Content {
  const words = Object.entries(report?.payment.facts ?? {}).filter(([, fact]) => fact !== null)
  return html`<ul class="words">${type !== undefined && html`<li><code>${value(type)}</code></li>`}${words.map(
    ([name, fact]) => html`<li><span class="soft">${name}</span> <code>${value(String(fact))}</code></li>`,
  )}${dispute && html`<li><span class="soft">dispute</span> <code>${value(dispute.reason ?? dispute.status)}</code></li>`}${why !== undefined && html`<li>${value(why)}</li>`}</ul>`
}

function effectOf({ evidence, before }: Entry): Content {
  const { kind, outcome, report, dispute } = evidence
  if (dispute) return html`Dispute: ${disputeWords[dispute.status]}`
  if (kind === 'unreadable') return html`<span class="soft">Nothing: it could not be read</span>`
  if (outcome === undefined) return 'A lookup follows'
  const { name } = effectWords[outcome]
  if (!report || !isRecorded(evidence)) return html`<span class="soft">${name}</span>`
  const { status } = report.payment
  if (before === status) return html`${name}: details, still ${badge(status)}`
  return before === undefined
    ? html`${name}: ${badge(status)}`
    : html`${name}: ${badge(before)} → ${badge(status)}`
}

/** Explains the words that stand in this timeline, and no others. */
function legend(entries: readonly Entry[]): Markup {
  const sources = new Set(entries.map(({ evidence }) => evidence.kind))
  const effects = new Set(entries.flatMap(({ evidence }) => evidence.outcome ?? []))
  const words = [
    { name: 'Happened', meaning: 'When it took place, by the provider’s clock.' },
    { name: 'Received', meaning: 'When it arrived here.' },
    ...[...sources].map((kind) => sourceWords[kind]),
    ...[...effects].map((outcome) => effectWords[outcome]),
  ]
  return html`<details class="more" open><summary>What these words mean</summary><dl>${words.map(
    ({ name, meaning }) => html`<div><dt>${name}</dt><dd>${meaning}</dd></div>`,
  )}</dl></details>`
}
