/** Reads pasted PayPal payloads for `explain`. @module */
import type { Fetch, PaymentReport } from '@payment-status/core'
import {
  type ExplainReadOptions,
  explainWebhook,
  type Fields,
  type Finding,
  isFields,
  isText,
  type ProviderExplanation,
} from '@payment-status/core/kit'
import { createPayPal } from '@payment-status/paypal'

/** Says yes to every verification, so that our own reader reads a pasted text. It sends nothing. */
const sayYes: Fetch = async () =>
  Response.json({ access_token: 'made-up', expires_in: 60, verification_status: 'SUCCESS' })

const paypal = createPayPal({ environment: 'production' })

/** Members that only an authorization, a capture or a refund of PayPal has. */
const ofOperation = [
  'seller_receivable_breakdown',
  'seller_payable_breakdown',
  'seller_protection',
  'final_capture',
]

export const paypalExplanation: ProviderExplanation = {
  provider: 'paypal',
  title: 'PayPal',
  ownsQuery: (query) => /^[A-Z0-9]{17}$/.test(query.get('token') ?? '') || query.has('PayerID'),
  owns: (body) =>
    isOrder(body) ||
    isEvent(body) ||
    isOperation(body) ||
    isError(body) ||
    isText(body.dispute_id) ||
    Array.isArray(body.transaction_details) ||
    isBrowserResult(body),
  readReturn: (url) => ({ kind: 'hint', hint: paypal.readReturn(url) }),
  async readBody(body, options) {
    if (isEvent(body)) return explainWebhook(options, () => readUnchecked(options.rawBody))
    if (Array.isArray(body.transaction_details)) {
      return { kind: 'problem', what: 'a list of movements: each is of a capture, not of an order' }
    }
    if (isText(body.dispute_id)) return { kind: 'problem', what: 'a dispute, not an order' }
    if (isError(body)) return readError(body, options)
    if (isOrder(body)) return { kind: 'report', report: await readOrder(body) }
    if (isOperation(body)) return readOperation(body)
    return { kind: 'hint', hint: paypal.readClientResult(body) }
  },
}

/** The argument of a button's handler, or the result of a card form. */
function isBrowserResult({ orderID, orderId, data }: Fields): boolean {
  return (
    isText(orderID) || isText(orderId) || (isFields(data) && (isText(data.orderID) || isText(data.orderId)))
  )
}

function isEvent(body: Fields): boolean {
  return isText(body.event_type) && isFields(body.resource)
}

function isOrder(body: Fields): boolean {
  const isId = /^[A-Z0-9]{1,36}$/.test(String(body.id ?? ''))
  return isId && (Array.isArray(body.purchase_units) || (isText(body.intent) && isText(body.status)))
}

function isOperation(body: Fields): boolean {
  return isText(body.id) && isText(body.status) && ofOperation.some((member) => member in body)
}

/** Every error states a name and a debug id. */
function isError(body: Fields): boolean {
  return isText(body.name) && isText(body.debug_id) && !('id' in body)
}

async function readUnchecked(rawBody: string) {
  const reader = createPayPal({
    environment: 'production',
    webhookId: 'MADE-UP',
    verification: 'postback',
    clientId: 'made-up',
    clientSecret: 'made-up',
    fetch: sayYes,
  })
  return reader.readWebhook({
    rawBody,
    headers: {
      'paypal-transmission-id': 'made-up',
      'paypal-transmission-time': new Date().toISOString(),
      'paypal-transmission-sig': 'made-up',
      'paypal-cert-url': 'made-up',
      'paypal-auth-algo': 'SHA256withRSA',
    },
  })
}

async function readOrder(body: Fields): Promise<PaymentReport> {
  const answer = await paypal.readResponse(body)
  if (answer.evidence === 'report') return answer
  throw new TypeError('the text must be an order')
}

async function readOperation(body: Fields): Promise<Finding> {
  const answer = await paypal.readResponse({ amount: null, ...body })
  const key = answer.evidence === 'hint' ? answer.key : undefined
  const what = 'seller_payable_breakdown' in body ? 'a refund' : 'a capture or an authorization'
  return { kind: 'operation', what, key }
}

/** An error names no order; with the request that it answered, the reader finds one. */
async function readError(body: Fields, { sent }: ExplainReadOptions): Promise<Finding> {
  const [first] = Array.isArray(body.details) ? body.details : []
  const code =
    isFields(first) && isText(first.issue) ? first.issue : isText(body.name) ? body.name : undefined
  try {
    const answer = await paypal.readResponse(body, sent)
    return answer.evidence === 'hint' ? { kind: 'hint', hint: answer } : { kind: 'report', report: answer }
  } catch {
    return { kind: 'problem', what: 'an error that names no order', code }
  }
}
