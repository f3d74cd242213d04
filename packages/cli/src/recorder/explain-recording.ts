import { isPaymentError, type PaymentProvider, type WebhookEvent } from '@payment-status/core'
import { isFields } from '@payment-status/core/kit'
import { type Explanation, explain } from '../explain.ts'
import { version } from '../version.ts'
import type { Entry } from './file.ts'
import { findRecorded } from './providers.ts'

/** Meaning of one file of a recording. */
export interface ExplainedFile {
  readonly name: string
  readonly provider: string
  readonly kind: 'delivery' | 'answer'
  /** Type of an event, or source of an answer. */
  readonly what: string
  readonly meaning: string
  /** Sentences that name each thing this version does not know. They can be published. */
  readonly unknown: readonly string[]
}

/** Explains every file, with the readers of its provider and the test secrets. */
export function explainRecording(
  entries: readonly Entry[],
  providers: readonly PaymentProvider[],
): Promise<readonly ExplainedFile[]> {
  return Promise.all(entries.map((entry) => explainEntry(entry, providers)))
}

async function explainEntry(
  { name, file }: Entry,
  providers: readonly PaymentProvider[],
): Promise<ExplainedFile> {
  const base = { name, provider: file.provider, kind: file.kind }
  const redacted =
    file.redactedWords > 0 ? [`words that are new and were replaced: ${file.redactedWords}`] : []
  const recorded = findRecorded(file.provider)
  if (!recorded) {
    return {
      ...base,
      what: 'a file',
      meaning: 'not read',
      unknown: ['this version does not know the provider'],
    }
  }
  try {
    const explanation = await (file.kind === 'delivery'
      ? explainDelivery(JSON.stringify(file.body), await recorded.sign(JSON.stringify(file.body)), providers)
      : explain(JSON.stringify({ body: file.body, sent: toSent(file.request.body) })))
    const { what, meaning, unknown } = describe(explanation)
    return { ...base, what, meaning, unknown: [...unknown, ...redacted] }
  } catch (error) {
    if (!isPaymentError(error)) throw error
    const why = error.message.replace(/^\[[^\]]*\] /, '')
    return { ...base, what: `a ${file.kind}`, meaning: 'cannot be read', unknown: [why, ...redacted] }
  }
}

async function explainDelivery(
  body: string,
  { rawBody, headers }: { readonly rawBody: string | Uint8Array; readonly headers: unknown },
  providers: readonly PaymentProvider[],
): Promise<Explanation> {
  const text = typeof rawBody === 'string' ? rawBody : (new TextDecoder().decode(rawBody) ?? body)
  return explain(text, { providers, headers: headers as Readonly<Record<string, string>> })
}

function toSent(body: unknown): Readonly<Record<string, unknown>> {
  return isFields(body) ? body : {}
}

function describe(explanation: Explanation): Pick<ExplainedFile, 'what' | 'meaning' | 'unknown'> {
  const { event, payment, payments, source, lines } = explanation
  if (event) {
    const what = `webhook ${event.type}`
    if (event.kind !== 'payment') return { what, ...describeEvent(event) }
    const { status, facts } = event.report.payment
    return { what, meaning: status, unknown: explainUnknown([{ status, facts }]) }
  }
  const what = `answer (${source})`
  const stated = payments ?? (payment ? [payment] : [])
  if (stated.length === 0) return { what, meaning: lines[1] ?? 'no payment', unknown: [] }
  const meaning = stated.map(({ status }) => status).join(', ')
  return { what, meaning, unknown: explainUnknown(stated) }
}

function describeEvent(event: WebhookEvent): Pick<ExplainedFile, 'meaning' | 'unknown'> {
  if (event.kind === 'recheck') return { meaning: 'recheck: look the payment up', unknown: [] }
  if (event.kind === 'dispute') return { meaning: `dispute ${event.dispute.status}`, unknown: [] }
  if (event.kind === 'operation')
    return { meaning: `${event.operation.kind} ${event.operation.status}`, unknown: [] }
  if (event.kind === 'unreadable') return { meaning: 'unreadable', unknown: [event.why] }
  return { meaning: 'unrelated', unknown: [`this version has no meaning for ${event.type}`] }
}

/** Names the provider's own words of a payment that is `unknown`. */
function explainUnknown(
  payments: readonly { readonly status: string; readonly facts: Readonly<Record<string, unknown>> }[],
): string[] {
  return payments
    .filter(({ status }) => status === 'unknown')
    .map(({ facts }) => {
      const words = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
      return `the status is unknown: ${words.join(', ')}`
    })
}

/** Returns a report in Markdown that can be pasted into an issue. It holds no value that the recording does not hold. */
export function toReport(files: readonly ExplainedFile[]): string[] {
  const count = (kind: ExplainedFile['kind']) => files.filter((file) => file.kind === kind).length
  const unknown = files.filter((file) => file.unknown.length > 0)
  const names = [...new Set(files.map(({ provider }) => provider))].toSorted().join(', ')
  return [
    '## Recording',
    '',
    `payment-status ${version}, Node ${process.versions.node}: ${count('delivery')} deliveries and ${count('answer')} answers of ${names}`,
    '',
    '| file | sent | meaning |',
    '| --- | --- | --- |',
    ...files.map(({ name, what, meaning }) => `| ${name} | ${toCell(what)} | ${toCell(meaning)} |`),
    '',
    unknown.length === 0 ? 'Everything in it is known.' : '### Unknown',
    ...(unknown.length === 0 ? [] : ['']),
    ...unknown.flatMap((file) => file.unknown.map((one) => `- ${file.name}: ${toCell(one)}`)),
  ]
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
}
