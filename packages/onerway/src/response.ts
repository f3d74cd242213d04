import { PaymentError, type PaymentReport, type ShopperAction } from '@payment-status/core'
import { now, parse, readInstant, stated, toHttpUrl, waitsForShopper } from '@payment-status/core/kit'
import * as v from 'valibot'
import { refusalError } from './api.ts'
import { isDeclineCode, toDecline } from './decline.ts'
import { type FoldContext, foldSteps, toStep } from './payment.ts'
import { answerSchema, type OnerwayResponseData, responseDataSchema } from './schema.ts'
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
  const { provider, integration, timeZone } = context
  const { txnType, merchantTxnId } = checkSent(sent, provider)
  const { respCode, data } = parse(answerSchema, body, { provider, what: 'the response' })
  await verify(data, secrets, provider)
  const isHandled = respCode === '20000'
  const namesPayment = v.is(v.object({ transactionId: v.pipe(v.string(), v.nonEmpty()) }), data)
  if (!isHandled && (!namesPayment || refusalError(respCode, provider).retryable)) {
    throw refusalError(respCode, provider)
  }
  const parsed = parse(responseDataSchema, data, { provider, what: "the response's data" })
  const isRefusal = isDeclineCode(respCode)
  const facts = {
    txnType,
    // A refusal in 3-D Secure is told by its respCode, with or without a status beside it.
    status: parsed.status || (isRefusal ? 'F' : parsed.status),
    paymentStatus: parsed.paymentStatus,
  }
  const step = toStep({ ...parsed, ...facts, merchantTxnId }, context, now())
  const [folded] = foldSteps([step], context)
  const status = toAnsweredStatus(respCode, { ...facts, integration })
  const message = parse(answerSchema, body, { provider, what: 'the response' }).respMsg
  return stated({
    evidence: 'report' as const,
    source: 'response' as const,
    payment: stated({
      ...(folded as NonNullable<typeof folded>).payment,
      status,
      action: waitsForShopper(status) ? toAction(parsed) : undefined,
      decline: mayHoldDecline(status)
        ? ((isHandled ? undefined : toDecline(respCode, message)) ?? step.decline)
        : undefined,
    }),
    occurredAt: readInstant(parsed.responseTime, {
      provider,
      path: 'data.responseTime',
      zone: parsed.txnTimeZone || timeZone,
    }),
    observedAt: step.observedAt,
  })
}

function checkSent(sent: OnerwaySent | undefined, provider: string): OnerwaySent {
  if (isOpeningType(sent?.txnType) && sent) return sent
  throw new PaymentError({
    code: 'invalid_input',
    provider,
    message:
      'readResponse needs what was sent, { txnType, merchantTxnId }, with a txnType that opens a payment: the answer holds neither',
  })
}

async function verify(data: unknown, secrets: readonly string[], provider: string): Promise<void> {
  if (
    !v.is(
      v.object({
        sign: v.pipe(
          v.unknown(),
          v.check((sign) => sign !== null && sign !== ''),
        ),
      }),
      data,
    )
  )
    return
  checkSecrets(secrets, provider, 'a signed response')
  if (await verifyFields(data, { signatures: [String(data.sign)], secrets })) return
  throw new PaymentError({
    code: 'invalid_signature',
    provider,
    message: "the response's data does not verify with any configured secret",
  })
}

function toAction(data: OnerwayResponseData): ShopperAction | undefined {
  const { actionType, codeForm, presentContext } = data
  const url = toHttpUrl(data.redirectUrl)
  if (url !== undefined) return { kind: 'redirect', url }
  if (actionType !== 'QrCode' && actionType !== 'ShowContext') return undefined
  const content =
    (actionType === 'QrCode' ? codeForm || presentContext : presentContext || codeForm) || undefined
  const link = toHttpUrl(content)
  return stated({
    kind: 'show' as const,
    what: actionType === 'QrCode' ? ('qr_code' as const) : ('other' as const),
    url: link,
    text: link === undefined ? content : undefined,
  })
}
