import { PaymentError, type PaymentReport, type ShopperAction } from '@payment-status/core'
import { now, omitUndefined, parse, readInstant, toHttpUrl } from '@payment-status/core/kit'
import * as v from 'valibot'
import { refusalError } from './api.ts'
import { isDeclineCode, toDecline } from './decline.ts'
import { type FoldContext, foldGroup, toStep, withoutFigures } from './payment.ts'
import { answerSchema, namedSchema, type OnerwayResponseData, responseDataSchema } from './schema.ts'
import { checkSecrets, verifyFields } from './signature.ts'
import { isOpeningType, mayHoldDecline, toAnsweredStatus } from './status.ts'

/** What was sent, and the answer does not repeat. Nothing else of the request is read: it holds card data. */
export interface OnerwaySent {
  readonly txnType: string
  readonly merchantTxnId: string
}

/**
 * The parsed body that answered a create call. Its `data.sign` is verified where it is present. Throws `invalid_input`
 * without the sent txnType, `invalid_signature` for an answer somebody changed, `rejected` or `unavailable` for one
 * that tells of no payment.
 *
 * Source: seed 003_e769d28ba38fe36d.txt.
 */
export async function readResponse(
  body: unknown,
  sent: OnerwaySent | undefined,
  { secrets, ...context }: FoldContext & { readonly secrets: readonly string[] },
): Promise<PaymentReport> {
  const { provider } = context
  const { txnType, merchantTxnId } = checkSent(sent, provider)
  const { respCode, respMsg, data } = parse(answerSchema, body, { provider, what: 'the response' })
  await verify(data, secrets, provider)
  const isHandled = respCode === '20000'
  if (!isHandled) {
    const refusal = refusalError(respCode, provider)
    if (!v.is(namedSchema, data) || refusal.retryable) throw refusal
  }

  const parsed = parse(responseDataSchema, data, { provider, what: "the response's data" })
  // A refusal in 3-D Secure is told by its respCode, with or without a status beside it.
  const told = parsed.status || (isDeclineCode(respCode) ? 'F' : undefined)
  const step = toStep({ ...parsed, status: told, txnType, merchantTxnId }, context, now())
  const [folded] = foldGroup([step], context)
  const { payment } = folded as NonNullable<typeof folded>
  const status = toAnsweredStatus(respCode, payment.status)
  const isRefused = !isHandled && mayHoldDecline(status)
  return omitUndefined({
    evidence: 'report',
    source: 'response',
    payment: omitUndefined({
      ...(status === payment.status ? payment : withoutFigures(payment)),
      status,
      action: status === 'requires_action' ? toAction(parsed) : undefined,
      decline: isRefused ? toDecline(respCode, respMsg) : payment.decline,
    }),
    occurredAt: readInstant(parsed.responseTime, {
      provider,
      path: 'data.responseTime',
      zone: parsed.txnTimeZone || context.timeZone,
    }),
    observedAt: step.observedAt,
  })
}

function checkSent(sent: OnerwaySent | undefined, provider: string): OnerwaySent {
  const { txnType, merchantTxnId } = sent ?? {}
  const hasReference = merchantTxnId === undefined || typeof merchantTxnId === 'string'
  if (isOpeningType(txnType) && hasReference) return { txnType, merchantTxnId: merchantTxnId ?? '' }
  throw new PaymentError({
    code: 'invalid_input',
    provider,
    message:
      'readResponse needs what was sent, { txnType, merchantTxnId }, with a txnType that opens a payment: the answer holds neither',
  })
}

async function verify(data: unknown, secrets: readonly string[], provider: string): Promise<void> {
  if (typeof data !== 'object' || data === null) return
  const fields = data as Readonly<Record<string, unknown>>
  const { sign } = fields
  if (sign === undefined || sign === null || sign === '') return
  checkSecrets(secrets, provider, 'a signed response')
  if (typeof sign === 'string' && (await verifyFields(fields, { signatures: [sign], secrets }))) return
  throw new PaymentError({
    code: 'invalid_signature',
    provider,
    message: "the response's data does not verify with any configured secret",
  })
}

function toAction(data: OnerwayResponseData): ShopperAction | undefined {
  const { actionType, codeForm, presentContext } = data
  const isCode = actionType === 'QrCode'
  const content = isCode ? codeForm || presentContext : presentContext || codeForm
  if (content && (isCode || actionType === 'ShowContext')) {
    const url = toHttpUrl(content)
    const what = isCode ? ('qr_code' as const) : ('other' as const)
    return omitUndefined({ kind: 'show', what, url, text: url === undefined ? content : undefined })
  }
  const url = toHttpUrl(data.redirectUrl)
  return url === undefined ? undefined : { kind: 'redirect', url }
}
