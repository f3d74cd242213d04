/**
 * Explains anything a provider sent: finds the provider and the source of pasted text, and states where the payment
 * stands and what that proves. Runs in browsers as in Node, sends no request and stores nothing.
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
import {
  type Fields,
  type Finding,
  isFields,
  isText,
  type ProviderExplanation,
  type SignatureCheck,
} from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import { inputError } from './errors.ts'
import { findBreak, parse, splitMessage, takeFromLog, toUrl } from './explain/pasted-text.ts'
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
import { knownProviders, listNames } from './providers.ts'

export { formatMoney } from './explain/money.ts'

export interface ExplainOptions {
  /** Providers with the merchant's own secrets. A webhook's signature is verified with the one that sent it. */
  readonly providers?: readonly PaymentProvider[] | undefined
  /** The headers of a webhook. They can also precede the body, as in an HTTP message. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The request, for an answer that does not repeat it (Onerway: `{ txnType, merchantTxnId }`). */
  readonly sent?: Readonly<Record<string, unknown>> | undefined
  /** Onerway: `hosted` if a declined attempt can be tried again on its page. Default: as the payload looks. */
  readonly integration?: 'direct' | 'hosted' | undefined
}

/** The meaning of a pasted text, as plain JSON. */
export interface Explanation {
  readonly provider: string
  readonly source: 'client' | 'return_url' | 'response' | 'webhook' | 'lookup' | 'list'
  /** `unverified`: a webhook whose signature is not valid or was not checked. It proves nothing. */
  readonly evidence: 'hint' | 'report' | 'unverified'
  /** Stated for a webhook. */
  readonly signature?: SignatureCheck
  readonly status?: PaymentStatus
  readonly outcome?: Outcome
  readonly payment?: Payment
  /** Stated for a list. */
  readonly payments?: readonly Payment[]
  readonly event?: WebhookEvent
  readonly hint?: PaymentHint
  /** The key to look the payment up with. */
  readonly key?: LookupKey
  /** Five lines a newcomer can read. */
  readonly lines: readonly string[]
}

/**
 * Explains anything a provider sent: an answer to a create call, to a lookup or to an operation, a page of a list, a
 * webhook's body (alone, after its headers, in an Amazon EventBridge envelope, or in a line of a log), a browser result, a
 * return URL.
 *
 * Rejects with `invalid_input` for text that is neither JSON nor a URL, and names the place where it breaks. Rejects
 * with `invalid_payload` for JSON or a URL that no known provider sends.
 *
 * @example
 * const { provider, status, lines } = await explain(await readFile('webhook.json', 'utf8'))
 */
export async function explain(text: string, options: ExplainOptions = {}): Promise<Explanation> {
  const { headers: written, body } = splitMessage(text)
  const trimmed = body.trim()
  if (trimmed === '') throw inputError('the text is empty: paste what a provider sent')
  const url = toUrl(trimmed)
  if (url) return explainUrl(url)
  const value = parse(body)
  const unwrapped = unwrap(value)
  const fields = isFields(unwrapped.body) ? unwrapped.body : undefined
  const provider = fields && explanations.find((one) => one.owns(fields))
  if (fields === undefined || provider === undefined) {
    const logged = takeFromLog(body, value)
    if (logged)
      return explain(logged.text, { ...options, headers: options.headers ?? written ?? logged.headers })
    if (value === undefined) throw await findBreak(body)
    const known = listNames(explanations.map(({ title }) => title))
    throw payloadError(`this is JSON, but not in a shape that ${known} sends`)
  }
  const finding = await provider.readBody(fields, {
    rawBody: unwrapped.isWrapped ? JSON.stringify(fields) : body,
    // An envelope replaces the delivery, so no header belongs to it.
    headers: unwrapped.bus ? undefined : (options.headers ?? written),
    configured: options.providers?.find(({ name }) => name === provider.provider),
    sent: options.sent ?? unwrapped.sent,
    integration: options.integration,
  })
  return toExplanation(provider, finding, unwrapped.bus === true)
}

const explanations = knownProviders.map(({ explanation }) => explanation)

function explainUrl(url: URL): Explanation {
  const provider = explanations.find((one) => one.ownsQuery(url.searchParams))
  if (!provider) throw payloadError('this URL has no parameter that a provider adds to a return URL')
  return toExplanation(provider, provider.readReturn(url), false)
}

function toExplanation(
  { provider, title }: ProviderExplanation,
  finding: Finding,
  isFromBus: boolean,
): Explanation {
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
          'read from: text that passed through the shopper’s browser',
          'proves: nothing; a shopper can change it',
          'next: show the shopper a page, and look the payment up before you act',
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
          `next: ${note === undefined ? adviseOnPayment(report) : 'state what was sent (--sent), or look the payment up'}`,
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
        signature === 'valid' || isFromBus
          ? ''
          : 'verify it first (payment-status verify); only if the signature is valid: '
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
            `proves: ${isFromBus ? busProof : describeSignature(signature)}`,
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
          `proves: ${isFromBus ? busProof : describeSignature(signature)}`,
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
          'next: a page is not the whole list, and its rows state less than a lookup; look up what matters',
        ],
      }
    })
    .with({ kind: 'operation' }, ({ what, key }) => ({
      provider,
      source: 'response',
      evidence: 'report',
      ...(key ? { key } : {}),
      lines: [
        `${title}: ${what}`,
        `no status: it states the operation, not the payment · ${describeKey(key)}`,
        'read from: the body as a whole',
        'proves: that the request was accepted, if your own server received it; the operation can still fail',
        'next: look the payment up, or wait for the webhook',
      ],
    }))
    .with({ kind: 'problem' }, ({ what, code, key }) => ({
      provider,
      source: 'response',
      evidence: 'report',
      ...(key ? { key } : {}),
      lines: [
        `${title}: ${what}`,
        code === undefined
          ? `no status: it does not state how a payment ended${key ? ` · ${describeKey(key)}` : ''}`
          : `no status: the provider’s code is ${code}`,
        'read from: the body as a whole',
        'proves: nothing about a payment; an earlier request may have created one',
        'next: look the order up by its reference before the shopper pays again',
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

const busProof =
  'nothing by itself: Amazon EventBridge events carry no signature; only the access rules of your event bus protect them'

interface Unwrapped {
  readonly body: unknown
  readonly sent?: Fields
  readonly isWrapped: boolean
  /** True for an Amazon EventBridge envelope, which replaces headers and signature. */
  readonly bus?: true
}

/** Takes a recorded answer apart from what was sent, and an event out of its EventBridge envelope. */
function unwrap(value: unknown): Unwrapped {
  if (!isFields(value)) return { body: value, isWrapped: false }
  if (isText(value['detail-type']) && isFields(value.detail))
    return { body: value.detail, isWrapped: true, bus: true }
  if (!isFields(value.body)) return { body: value, isWrapped: false }
  return { body: value.body, isWrapped: true, ...(isFields(value.sent) ? { sent: value.sent } : {}) }
}

function payloadError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_payload', provider: 'payment-status', message })
}
