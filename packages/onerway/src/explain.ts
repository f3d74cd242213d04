/** Reads pasted Onerway payloads for `explain`. @module */
import type { PaymentReport } from '@payment-status/core'
import {
  type ExplainReadOptions,
  explainRows,
  explainWebhook,
  type Fields,
  type Finding,
  isFields,
  isPaymentError,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'
import { createOnerway, type OnerwayProvider, signRequest, signWebhook } from '@payment-status/onerway'

/** Made-up secret: it signs pasted text for our own reader and opens no account. */
const SECRET = 'made-up-to-read'
const SUCCESS = '20000'
/** Types that open a payment and need only the status of the answer. */
const LIKELY_TYPES = ['SALE', 'AUTH'] as const

/** Operations on a payment: their answers state the status of the operation, not of the payment. */
const operationTypes = new Set<unknown>(['CAPTURE', 'VOID', 'REFUND'])

export const onerwayExplanation: ProviderExplanation = {
  provider: 'onerway',
  title: 'Onerway',
  ownsQuery: (query) => query.has('transactionId') || query.has('merchantTxnId'),
  owns: (body) =>
    isText(body.respCode) ||
    isText(body.notifyType) ||
    isText(body.paymentStatus) ||
    (isText(body.transactionId) && 'status' in body) ||
    (Array.isArray(body.content) &&
      body.content.every((row) => isFields(row) && (isText(row.transactionId) || isText(row.paymentId)))),
  readReturn: (url) => ({ kind: 'hint', hint: create(undefined).readReturn(url) }),
  async readBody(body, options) {
    const { data } = body
    const { integration = isText(body.paymentId) ? 'hosted' : 'direct' } = options
    if (isText(body.notifyType)) return readNotification(body, options)
    const content = isFields(data) && Array.isArray(data.content) ? data.content : body.content
    if (Array.isArray(content)) {
      const [first] = content
      if (isFields(first) && isText(first.paymentId) && !('transactionId' in first)) {
        const what = 'an answer that only names payments, each with the transaction it came to last'
        return { kind: 'problem', what, key: { id: first.paymentId } }
      }
      return readPage(content, options)
    }
    if (isText(body.transactionId)) return readPage([body], options)
    if (!isText(body.respCode)) {
      return { kind: 'hint', hint: create(options.integration ?? 'hosted').readClientResult(body) }
    }
    if (body.respCode === SUCCESS && isOperation(data, options.sent)) {
      const id = isFields(data) ? data.transactionId : data
      const key = isText(id) ? { id } : undefined
      return { kind: 'operation', what: 'the answer to a capture, a void or a refund', key }
    }
    if (isFields(data) && !isText(data.transactionId) && isText(data.redirectUrl)) {
      return readAnswer(body, data, options)
    }
    if (!isFields(data) || !isText(data.transactionId)) {
      if (body.respCode === SUCCESS) return { kind: 'problem', what: 'an answer that names no payment' }
      return { kind: 'problem', what: 'a rejected request', code: body.respCode }
    }
    // The browser receives the same answer, mostly without its signature.
    const isAnswer = isText(data.sign) || 'orderAmount' in data || options.sent !== undefined
    if (!isAnswer) return { kind: 'hint', hint: create(integration).readClientResult(body) }
    return readAnswer(body, data, options)
  },
}

/** A refund is answered with its bare transactionId; a capture and a void are recognized by what was sent. */
function isOperation(data: unknown, sent: Fields | undefined): boolean {
  return (
    isText(data) || operationTypes.has(sent?.txnType) || (isFields(data) && operationTypes.has(data.txnType))
  )
}

function create(
  integration: 'direct' | 'hosted' | undefined,
  {
    answer,
    merchantNo = '1',
  }: { answer?: (request: Request) => Promise<Response>; merchantNo?: string } = {},
): OnerwayProvider {
  // The finding says that it was not checked, so the webhook can be read whole.
  const trusting: object = { webhooks: 'believe' }
  return createOnerway({
    merchantNo,
    secretKey: SECRET,
    environment: 'sandbox',
    integration: integration ?? 'direct',
    webhookSignature: 'header',
    retries: 0,
    ...(answer
      ? { fetch: (input: string | URL | Request, init?: RequestInit) => answer(new Request(input, init)) }
      : {}),
    ...trusting,
  })
}

async function readNotification(body: Fields, options: ExplainReadOptions): Promise<Finding> {
  const integration = options.integration ?? (isText(body.paymentId) ? 'hosted' : 'direct')
  // A notification is read for its own merchant.
  const provider = create(integration, isText(body.merchantNo) ? { merchantNo: body.merchantNo } : {})
  return explainWebhook(
    options,
    async () => provider.readWebhook(await signWebhook(options.rawBody, SECRET, { signature: 'header' })),
    { isSignedInside: isText(body.sign) },
  )
}

/**
 * The answer to a create call repeats neither its txnType nor its merchantTxnId. Without the request it is read as
 * each likely type, and the status is unknown where these differ.
 */
async function readAnswer(body: Fields, data: Fields, options: ExplainReadOptions): Promise<Finding> {
  const { sent, configured } = options
  const merchantTxnId = isText(sent?.merchantTxnId) ? sent.merchantTxnId : ''
  const integration = options.integration ?? (isText(data.paymentId) ? 'hosted' : 'direct')
  const types = isText(sent?.txnType) ? [sent.txnType] : LIKELY_TYPES
  const isChecked =
    configured !== undefined && isText(data.sign) && (await holds(configured, body, types[0] ?? ''))
  const { sign: _, ...fields } = data
  const signed = { ...body, data: { ...fields, sign: await signRequest(fields, SECRET) } }
  const reports: PaymentReport[] = []
  for (const txnType of types) {
    const evidence = await create(integration).readResponse(signed, { txnType, merchantTxnId })
    if (evidence.evidence === 'hint') return { kind: 'hint', hint: evidence }
    reports.push(evidence)
  }
  const [first, ...others] = reports
  if (first === undefined) return { kind: 'problem', what: 'an answer that cannot be read' }
  if (others.every(({ payment }) => payment.status === first.payment.status)) {
    return { kind: 'report', report: first, isChecked }
  }
  const meanings = reports.map(({ payment }, index) => `${payment.status} of ${types[index]}`).join(', ')
  const { captured: _captured, authorized: _authorized, ...payment } = first.payment
  return {
    kind: 'report',
    report: { ...first, payment: { ...payment, status: 'unknown' } },
    isChecked,
    note: `the answer does not repeat the txnType that was sent: ${meanings}`,
  }
}

async function holds(
  provider: { readResponse(body: unknown, sent?: unknown): Promise<unknown> },
  body: Fields,
  txnType: string,
): Promise<boolean> {
  try {
    await provider.readResponse(body, { txnType, merchantTxnId: '' })
    return true
  } catch (error) {
    return isPaymentError(error) && error.code !== 'invalid_signature' && error.code !== 'invalid_input'
  }
}

/** Rows of one payment belong together, so the whole page answers each request. */
async function readPage(rows: readonly unknown[], options: ExplainReadOptions): Promise<Finding> {
  const hosted = rows.some((row) => isFields(row) && isText(row.paymentId))
  const answer = async (request: Request) => {
    const isList = new URL(request.url).pathname.endsWith('/txn/list')
    const content = isList ? rows : []
    return Response.json({
      respCode: SUCCESS,
      data: { content, size: content.length + 1, totalElements: content.length, totalPages: 1 },
    })
  }
  // Rows are read for their own merchant.
  const named = rows.find((row) => isFields(row) && isText(row.merchantNo))
  const merchantNo = isFields(named) && isText(named.merchantNo) ? named.merchantNo : undefined
  const integration = options.integration ?? (hosted ? 'hosted' : 'direct')
  const provider = create(integration, merchantNo === undefined ? { answer } : { answer, merchantNo })
  return explainRows(rows, (row) => provider.lookup(String(row.transactionId)))
}
