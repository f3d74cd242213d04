import { isPaymentError, type PaymentReport } from '@payment-status/core'
import { createOnerway, type OnerwayProvider, signRequest, signWebhook } from '@payment-status/onerway'
import {
  type Fields,
  type Finding,
  isFields,
  isText,
  type Reading,
  type ReadOptions,
  readRows,
  readWebhookBody,
} from './finding.ts'

/** Made up: it signs what was pasted for our own reader, and opens nothing. */
const SECRET = 'made-up-to-read'
const SUCCESS = '20000'
/** What opens a payment without asking anything of the answer but its status. */
const LIKELY_TYPES = ['SALE', 'AUTH'] as const

export const onerway: Reading = {
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
    if (isFields(data) && !isText(data.transactionId) && isText(data.redirectUrl)) {
      return readAnswer(body, data, options)
    }
    if (!isFields(data) || !isText(data.transactionId)) {
      if (body.respCode === SUCCESS) return { kind: 'problem', what: 'an answer without a payment' }
      return { kind: 'problem', what: 'a refusal that names no payment', code: body.respCode }
    }
    // The browser is handed the same answer, mostly without its signature.
    const isAnswer = isText(data.sign) || 'orderAmount' in data || options.sent !== undefined
    if (!isAnswer) return { kind: 'hint', hint: create(integration).readClientResult(body) }
    return readAnswer(body, data, options)
  },
}

function create(
  integration: 'direct' | 'hosted' | undefined,
  {
    answer,
    merchantNo = '1',
  }: { answer?: (request: Request) => Promise<Response>; merchantNo?: string } = {},
): OnerwayProvider {
  const believing: object = { webhooks: 'believe' } // it is told of as unchecked, so it can be read whole
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
    ...believing,
  })
}

async function readNotification(body: Fields, options: ReadOptions): Promise<Finding> {
  const integration = options.integration ?? (isText(body.paymentId) ? 'hosted' : 'direct')
  // A notification is read for its own merchant.
  const provider = create(integration, isText(body.merchantNo) ? { merchantNo: body.merchantNo } : {})
  return readWebhookBody(
    options,
    async () => provider.readWebhook(await signWebhook(options.rawBody, SECRET, { signature: 'header' })),
    { isSignedInside: isText(body.sign) },
  )
}

/**
 * The answer to a create call repeats neither its txnType nor its merchantTxnId. Without what was sent it is read as
 * each type that is likely; where these differ, nobody can say.
 */
async function readAnswer(body: Fields, data: Fields, options: ReadOptions): Promise<Finding> {
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
  if (first === undefined) return { kind: 'problem', what: 'an answer nobody can read' }
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

/** Rows of one payment belong together, so each question is answered with the whole page. */
async function readPage(rows: readonly unknown[], options: ReadOptions): Promise<Finding> {
  const hosted = rows.some((row) => isFields(row) && isText(row.paymentId))
  const answer = async (request: Request) => {
    const isList = new URL(request.url).pathname.endsWith('/txn/list')
    const content = isList ? rows : []
    return Response.json({
      respCode: SUCCESS,
      data: { content, size: content.length + 1, totalElements: content.length, totalPages: 1 },
    })
  }
  const provider = create(options.integration ?? (hosted ? 'hosted' : 'direct'), { answer })
  return readRows(rows, (row) => provider.lookup(String(row.transactionId)))
}
