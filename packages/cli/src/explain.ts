/**
 * What is this, that a provider sent? Finds the provider and the source of anything pasted, and says where the payment
 * stands and what that proves. Runs in browsers as in Node: it asks nobody, and keeps nothing.
 *
 * @module
 */

import {
  type LookupKey,
  type Outcome,
  outcomeOf,
  type Payment,
  PaymentError,
  type PaymentHint,
  type PaymentProvider,
  type PaymentStatus,
  type WebhookEvent,
} from '@payment-status/core'
import { match } from 'ts-pattern'
import { inputError } from './errors.ts'
import { type Fields, type Finding, isFields, type Reader, type SignatureCheck } from './explain/finding.ts'
import { readers } from './explain/readers.ts'
import {
  adviseOnEvent,
  adviseOnPayment,
  describeEvent,
  describeFacts,
  describeHint,
  describeKey,
  describePayment,
  describeProof,
  describeSignature,
} from './explain/words.ts'

export { formatMoney } from './explain/money.ts'

export interface ExplainOptions {
  /** Providers with the merchant's own secrets: a signature is checked where one of them can. */
  readonly providers?: readonly PaymentProvider[] | undefined
  /** The headers a webhook came with. They can also stand before the body, as an HTTP message has them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What was sent, for an answer that does not repeat it (Onerway's: `{ txnType, merchantTxnId }`). */
  readonly sent?: Readonly<Record<string, unknown>> | undefined
  /** Onerway: whether a refused attempt can be tried again on its page. Default: as the payload looks. */
  readonly integration?: 'direct' | 'hosted' | undefined
}

/** What a pasted thing is. Plain JSON. */
export interface Explanation {
  readonly provider: string
  readonly source: 'client' | 'return_url' | 'response' | 'webhook' | 'lookup' | 'list'
  /** `unverified`: a webhook whose signature was not checked, or does not hold. It proves nothing. */
  readonly evidence: 'hint' | 'report' | 'unverified'
  /** Of a webhook. */
  readonly signature?: SignatureCheck
  readonly status?: PaymentStatus
  readonly outcome?: Outcome
  readonly payment?: Payment
  /** Of a list. */
  readonly payments?: readonly Payment[]
  readonly event?: WebhookEvent
  readonly hint?: PaymentHint
  /** Whom to ask for what. */
  readonly key?: LookupKey
  /** Five lines a newcomer can read. */
  readonly lines: readonly string[]
}

/**
 * Explains anything a provider sent: the answer to a create call, a lookup's, a page of a list, a webhook's body (with or
 * without its headers before it), a browser result, a return URL.
 *
 * Rejects with `invalid_input` for text that is neither JSON nor a URL (and says where it breaks), and with
 * `invalid_payload` for what no provider sends, or sends otherwise.
 */
export async function explain(text: string, options: ExplainOptions = {}): Promise<Explanation> {
  const { headers: written, body } = splitMessage(text)
  const trimmed = body.trim()
  if (trimmed === '') throw inputError('there is nothing to explain: the text is empty')
  const url = toUrl(trimmed)
  if (url) return explainUrl(url)
  const value = await parseBody(body)
  const unwrapped = unwrap(value)
  const reader = isFields(unwrapped.body)
    ? readers.find((one) => one.owns(unwrapped.body as Fields))
    : undefined
  if (!reader) throw unknownError()
  const { readBody } = await reader.load()
  const finding = await readBody(unwrapped.body as Fields, {
    rawBody: unwrapped.isWrapped ? JSON.stringify(unwrapped.body) : body,
    headers: options.headers ?? written,
    configured: options.providers?.find(({ name }) => name === reader.provider),
    sent: options.sent ?? unwrapped.sent,
    integration: options.integration,
  })
  return toExplanation(reader, finding)
}

async function explainUrl(url: URL): Promise<Explanation> {
  const reader = readers.find((one) => one.ownsQuery(url.searchParams))
  if (!reader) throw payloadError('this URL has no parameter a provider adds to a return URL')
  const { readReturn } = await reader.load()
  return toExplanation(reader, readReturn(url))
}

function toExplanation({ provider, title }: Reader, finding: Finding): Explanation {
  return match(finding)
    .returnType<Explanation>()
    .with({ kind: 'hint' }, ({ hint }) => {
      const what = hint.source === 'client' ? 'a browser result' : 'a return URL'
      return {
        provider,
        source: hint.source,
        evidence: 'hint',
        ...(hint.key ? { key: hint.key } : {}),
        hint,
        lines: [
          `${title}: ${what}`,
          describeHint(hint),
          'read from: what passed through the shopper’s hands',
          'proves: nothing; a shopper can change it',
          'next: show the shopper a page, and look the payment up before anything else',
        ],
      }
    })
    .with({ kind: 'report' }, ({ report, isChecked, note }) => {
      const { payment, source } = report
      const what = source === 'lookup' ? 'the answer to a lookup' : 'the answer to a call about one payment'
      return {
        provider,
        source,
        evidence: 'report',
        status: payment.status,
        outcome: outcomeOf(payment.status),
        payment,
        key: { id: payment.id },
        lines: [
          `${title}: ${what}`,
          describePayment(payment),
          `read from: ${note ?? describeFacts(payment)}`,
          `proves: ${describeProof(source, isChecked)}`,
          `next: ${note === undefined ? adviseOnPayment(report) : 'say what was sent, or look it up'}`,
        ],
      }
    })
    .with({ kind: 'webhook' }, ({ event, signature }) => {
      const common = {
        provider,
        source: 'webhook',
        evidence: signature === 'valid' ? 'report' : 'unverified',
        signature,
        event,
      } as const
      const heading = `${title}: a webhook, ${event.type}`
      const check =
        signature === 'valid' ? '' : 'check it first (payment-status verify), and only if it holds: '
      if (event.kind === 'payment') {
        const { report } = event
        const { payment } = report
        return {
          ...common,
          status: payment.status,
          outcome: outcomeOf(payment.status),
          payment,
          key: { id: payment.id },
          lines: [
            heading,
            describePayment(payment),
            `read from: ${describeFacts(payment)}`,
            `proves: ${describeSignature(signature)}`,
            `next: ${check}${adviseOnPayment(report)}`,
          ],
        }
      }
      const key = 'key' in event ? event.key : undefined
      return {
        ...common,
        ...(key ? { key } : {}),
        lines: [
          heading,
          describeEvent(event),
          `read from: its type, ${event.type}${key ? `, and what it names: ${describeKey(key)}` : ''}`,
          `proves: ${describeSignature(signature)}`,
          `next: ${check}${adviseOnEvent(event)}`,
        ],
      }
    })
    .with({ kind: 'list' }, ({ reports, unread }) => {
      const payments = reports.map(({ payment }) => payment)
      const [only] = payments.length === 1 && unread === 0 ? payments : []
      return {
        provider,
        source: 'list',
        evidence: 'report',
        ...(only ? { status: only.status, outcome: outcomeOf(only.status), payment: only } : {}),
        payments,
        lines: [
          `${title}: a page of a list, ${count(payments.length, 'payment')}`,
          only ? describePayment(only) : describeCounts(payments, unread),
          `read from: each row${unread > 0 ? `; ${count(unread, 'row')} could not be read` : ''}`,
          `proves: ${describeProof('list', undefined)}`,
          'next: a page is not the whole list, and its rows tell less than a lookup: look up what matters',
        ],
      }
    })
    .with({ kind: 'problem' }, ({ what, code, key }) => ({
      provider,
      source: 'response',
      evidence: 'report',
      ...(key ? { key } : {}),
      lines: [
        `${title}: ${what}`,
        code === undefined
          ? `no status: it does not say how a payment went${key ? ` · ${describeKey(key)}` : ''}`
          : `no status: the provider’s code is ${code}`,
        'read from: the body as a whole',
        'proves: nothing of a payment; a refused request does not mean that none was made before',
        'next: look the order up by its reference before a shopper is asked to pay again',
      ],
    }))
    .exhaustive()
}

function describeCounts(payments: readonly Payment[], unread: number): string {
  const counts = new Map<PaymentStatus, number>()
  for (const { status } of payments) counts.set(status, (counts.get(status) ?? 0) + 1)
  const none = unread > 0 ? 'no payments that could be read' : 'no payments'
  return counts.size === 0 ? none : [...counts].map(([status, number]) => `${number} ${status}`).join(' · ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** A recorded answer together with what was sent, or a webhook as a delivery. */
function unwrap(value: unknown): {
  readonly body: unknown
  readonly sent?: Fields
  readonly isWrapped: boolean
} {
  if (!isFields(value) || !isFields(value.body)) return { body: value, isWrapped: false }
  return { body: value.body, isWrapped: true, ...(isFields(value.sent) ? { sent: value.sent } : {}) }
}

/** A whole URL, or its query alone. */
function toUrl(text: string): URL | undefined {
  if (/^https?:\/\/\S+$/i.test(text)) return URL.canParse(text) ? new URL(text) : undefined
  return /^\?\S+=\S*$/.test(text) ? new URL(`https://shop.example/${text}`) : undefined
}

const headerPattern = /^([\w-]+):[ \t]*(.*)$/

/** A request or answer as HTTP writes it: a first line, headers, an empty line, the body. */
function splitMessage(text: string): { readonly headers?: Record<string, string>; readonly body: string } {
  const found = /\r?\n\r?\n/.exec(text)
  if (!found) return { body: text }
  const lines = text.slice(0, found.index).split(/\r?\n/)
  if (/^[A-Z]+ \S+ HTTP\/[\d.]+$|^HTTP\/[\d.]+ \d{3}/.test(lines[0] ?? '')) lines.shift()
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = headerPattern.exec(line) ?? []
    if (name === undefined) return { body: text }
    headers[name.toLowerCase()] = value
  }
  return { headers, body: text.slice(found.index + found[0].length) }
}

async function parseBody(text: string): Promise<unknown> {
  const withoutMark = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(withoutMark)
  } catch {
    throw inputError(
      `this is neither a URL nor JSON: it breaks off or goes wrong at ${await findBreak(withoutMark)}`,
    )
  }
}

/** Platforms say in different words where JSON breaks, or not at all. */
async function findBreak(text: string): Promise<string> {
  // Most of what is pasted is whole.
  const { parse } = await import('@humanwhocodes/momoa')
  try {
    parse(text)
  } catch (error) {
    const { line, column } = error as { readonly line?: number; readonly column?: number }
    if (typeof line === 'number' && typeof column === 'number') return `line ${line}, column ${column}`
  }
  const lines = text.split('\n')
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`
}

function unknownError(): PaymentError {
  const known = readers.map(({ title }) => title).join(', ')
  return payloadError(`this is JSON, and nothing that ${known} send`)
}

function payloadError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_payload', provider: 'payment-status', message })
}
