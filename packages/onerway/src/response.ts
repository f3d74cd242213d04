import type { Payment, PaymentHint, PaymentReport, ShopperAction } from '@payment-status/core'
import {
  inputError,
  now,
  omitUndefined,
  parse,
  readInstant,
  signatureError,
  toHttpUrl,
  toInstant,
  toReport,
} from '@payment-status/core/kit'
import * as v from 'valibot'
import { rejectedError } from './api.ts'
import { isDeclineCode, toDecline } from './decline.ts'
import { foldGroup } from './fold.ts'
import { toId, toReferenceKey } from './key.ts'
import { type ReadContext, toOperation } from './operation.ts'
import { toPayment, withoutFigures } from './payment.ts'
import {
  answerSchema,
  namedSchema,
  type OnerwayResponseData,
  redirectSchema,
  responseDataSchema,
} from './schema.ts'
import { checkSecrets, verifyFields } from './signature.ts'
import { isOpeningType, toAnsweredStatus } from './status.ts'

/** Fields of the request that the answer does not repeat. Nothing else of the request is read: it holds card data. */
export interface OnerwaySent {
  readonly txnType: string
  readonly merchantTxnId: string
}

/**
 * Reads the parsed body that answered a create call. Its `data.sign` is verified where there is one. An answer that sends
 * the shopper on and names no transaction yet is a hint, with the merchantTxnId as its key. Throws `invalid_input` without
 * the sent txnType, `invalid_signature` for an altered answer, `rejected` or `unavailable` for one without a payment.
 *
 * Source: Onerway's page on direct card payments.
 */
export async function readResponse(
  body: unknown,
  sent: OnerwaySent | undefined,
  { secrets, ...context }: ReadContext & { readonly secrets: readonly string[] },
): Promise<PaymentReport | PaymentHint> {
  const { provider } = context
  const { txnType, merchantTxnId } = checkSent(sent, provider)
  const { respCode, respMsg, data } = parse(answerSchema, body, { provider, what: 'the response' })
  await verify(data, secrets, provider)
  const isHandled = respCode === '20000'
  if (!isHandled) {
    const rejection = rejectedError(respCode, provider)
    if (!v.is(namedSchema, data) || rejection.retryable) throw rejection
  }
  const redirect = isHandled ? readRedirect(data, merchantTxnId, context) : undefined
  if (redirect) return redirect

  const parsed = parse(responseDataSchema, data, { provider, what: "the response's data" })
  // A decline in 3-D Secure is stated by its respCode, with or without a status.
  const stated = parsed.status || (isDeclineCode(respCode) ? 'F' : undefined)
  // The answer of the hosted page repeats the merchantTxnId, that of a direct payment does not.
  const named = { txnType, merchantTxnId: parsed.merchantTxnId || merchantTxnId }
  const operation = toOperation({ ...parsed, ...named, status: stated }, context, now(context.clock))
  const [folded] = foldGroup([operation], context)
  const payment = toPayment(folded as NonNullable<typeof folded>, provider)
  const zone = parsed.txnTimeZone || context.timeZone
  const action = toAction(parsed, zone)
  // On Onerway's page nothing was tried yet (U), and the shopper has to be sent there.
  const isUntried = parsed.status === 'U' && payment.status === 'open'
  const isOffered = isUntried && context.integration.declined === 'open' && action?.kind === 'redirect'
  const status = toAnsweredStatus(respCode, isOffered ? 'requires_action' : payment.status)
  const isDeclined = !isHandled && (status === 'failed' || status === 'open')
  const answered = omitUndefined<Payment>({
    ...(status === payment.status ? payment : withoutFigures(payment)),
    status,
    action: status === 'requires_action' ? action : undefined,
    decline: isDeclined ? toDecline(respCode, respMsg) : payment.decline,
  })
  const occurredAt = readInstant(parsed.responseTime, { provider, path: 'data.responseTime', zone })
  const { observedAt } = operation
  return toReport(answered, { source: 'response', occurredAt, observedAt }, body, context)
}

/** Reads an answer that names no transaction yet: the shopper has to go to its `redirectUrl` first (direct Google Pay). */
function readRedirect(
  data: unknown,
  sentReference: string,
  { provider, integration }: ReadContext,
): PaymentHint | undefined {
  const parsed = v.safeParse(redirectSchema, data)
  const url = parsed.success ? toHttpUrl(parsed.output.redirectUrl) : undefined
  if (!parsed.success || url === undefined) return undefined
  const { paymentId, merchantTxnId } = parsed.output
  const sharedId = integration.sharedId(toId(paymentId))
  const key = sharedId === undefined ? toReferenceKey(merchantTxnId || sentReference) : { id: sharedId }
  return omitUndefined<PaymentHint>({
    evidence: 'hint',
    provider,
    source: 'response',
    key,
    appears: 'looks_unfinished',
    action: { kind: 'redirect', url },
  })
}

function checkSent(sent: OnerwaySent | undefined, provider: string): OnerwaySent {
  const { txnType, merchantTxnId } = sent ?? {}
  const hasReference = merchantTxnId === undefined || typeof merchantTxnId === 'string'
  if (isOpeningType(txnType) && hasReference) return { txnType, merchantTxnId: merchantTxnId ?? '' }
  throw inputError(
    provider,
    '`sent` must be the { txnType, merchantTxnId } of the request, with a txnType that opens a payment: the answer may repeat neither',
  )
}

async function verify(data: unknown, secrets: readonly string[], provider: string): Promise<void> {
  if (typeof data !== 'object' || data === null) return
  const fields = data as Readonly<Record<string, unknown>>
  const { sign } = fields
  if (sign === undefined || sign === null || sign === '') return
  checkSecrets(secrets, provider, 'a signed response')
  if (typeof sign === 'string' && (await verifyFields(fields, { signatures: [sign], secrets }))) return
  throw signatureError(provider, "the response's data does not verify with any configured secret")
}

function toAction(data: OnerwayResponseData, zone: string): ShopperAction | undefined {
  const { actionType, codeForm, presentContext } = data
  const isCode = actionType === 'QrCode'
  if (isCode || actionType === 'ShowContext') {
    const [first, second] = isCode ? [codeForm, presentContext] : [presentContext, codeForm]
    const shown = toShown(first, zone) ?? toShown(second, zone)
    if (shown) return { kind: 'show', what: isCode ? 'qr_code' : 'other', ...shown }
  }
  const url = toHttpUrl(data.redirectUrl)
  return url === undefined ? undefined : { kind: 'redirect', url }
}

type Shown = Pick<Extract<ShopperAction, { kind: 'show' }>, 'url' | 'text' | 'expiresAt'>

/**
 * Reads a `codeForm` or a `presentContext`: a text, or the values of a Map, which may come as JSON text. Only `expireTime`
 * is a published name. Content that is not valid is left out.
 */
function toShown(content: unknown, zone: string): Shown | undefined {
  const map = toMap(content)
  if (!map) {
    if (typeof content !== 'string' || content === '') return undefined
    const url = toHttpUrl(content)
    return url === undefined ? { text: content } : { url }
  }
  const { expireTime, ...rest } = map
  const values = Object.values(rest).flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : [],
  )
  const texts = values.filter((value) => value !== '' && toHttpUrl(value) === undefined)
  const shown = omitUndefined<Shown>({
    url: values.map((value) => toHttpUrl(value)).find((url) => url !== undefined),
    text: texts.length > 0 ? texts.join('\n') : undefined,
    expiresAt: typeof expireTime === 'string' ? toInstant(expireTime, zone) : undefined,
  })
  return shown.url === undefined && shown.text === undefined ? undefined : shown
}

function toMap(content: unknown): Readonly<Record<string, unknown>> | undefined {
  const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isMap(content)) return content as Readonly<Record<string, unknown>>
  if (typeof content !== 'string' || !content.trimStart().startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(content)
    return isMap(parsed) ? (parsed as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
