import { type Money, type Payment, PaymentError, type ShopperAction } from '@payment-status/core'
import { fromEpochSeconds, fromMinorUnits, omitUndefined, parse, toHttpUrl } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import * as v from 'valibot'
import { toDecline } from './decline.ts'
import {
  actionDetailsSchema,
  paymentSchema,
  type StripeActionDetails,
  type StripeNextActionType,
  type StripePaymentIntent,
  stripeNextActionTypes,
} from './schema.ts'
import { awaitsAnotherAttempt, flaggedDispute, holdsFunds, tookMoney, toPaymentStatus } from './status.ts'

export interface PaymentContext {
  readonly provider: string
  /** The metadata key that holds the merchant's reference. */
  readonly referenceKey: string
}

interface AmountContext {
  readonly provider: string
  readonly path: string
}

// Two currencies without a minor unit come in hundredths, and one with hundredths comes in whole units
// (https://docs.stripe.com/currencies#special-cases).
const currenciesInHundredths: readonly string[] = ['ISK', 'UGX']
const currenciesInWholeUnits: readonly string[] = ['MGA']

/** Their PaymentIntent as ours. Throws `invalid_payload`. */
export function toPayment(data: unknown, { provider, referenceKey }: PaymentContext): Payment {
  const intent = parse(paymentSchema, data, { provider, what: 'the PaymentIntent' })
  const { latest_charge, last_payment_error } = intent
  const charge = typeof latest_charge === 'object' && latest_charge ? latest_charge : undefined
  const status = toPaymentStatus(intent)
  const read = (amount: number | null | undefined, path: string) =>
    toMoney(amount, intent.currency, { provider, path })
  const amount = read(intent.amount, 'amount')
  const capturable = read(intent.amount_capturable, 'amount_capturable')
  const refunded = read(charge?.amount_refunded, 'latest_charge.amount_refunded')
  read(charge?.amount_captured, 'latest_charge.amount_captured')
  return omitUndefined({
    provider,
    id: intent.id,
    reference: readReference(intent.metadata, referenceKey, provider),
    status,
    amount,
    authorized: holdsFunds(status) ? capturable?.amount : undefined,
    captured: read(intent.amount_received, 'amount_received')?.amount,
    refunded: tookMoney(status) ? refunded?.amount : undefined,
    action: status === 'requires_action' ? toAction(intent.next_action) : undefined,
    decline: awaitsAnotherAttempt(status) && last_payment_error ? toDecline(last_payment_error) : undefined,
    dispute: charge?.disputed ? flaggedDispute : undefined,
    createdAt: typeof intent.created === 'number' ? fromEpochSeconds(intent.created) : undefined,
    facts: omitUndefined({
      status: intent.status,
      amount: intent.amount,
      amount_received: intent.amount_received ?? null,
      cancellation_reason: intent.cancellation_reason ?? null,
      amount_captured: charge?.amount_captured ?? undefined,
      amount_refunded: charge?.amount_refunded ?? undefined,
    }),
  })
}

/** The merchant's reference in an intent's metadata; `undefined` where there is none. Throws `invalid_payload` for no text. */
export function readReference(
  metadata: StripePaymentIntent['metadata'],
  referenceKey: string,
  provider: string,
): string | undefined {
  const reference = metadata && Object.hasOwn(metadata, referenceKey) ? metadata[referenceKey] : undefined
  if (typeof reference === 'string') return reference || undefined
  if (reference === undefined || reference === null) return undefined
  throw payloadError({ provider, path: `metadata.${referenceKey}` }, 'a text')
}

/** Stripe's amounts as ISO 4217 counts them. Throws `invalid_payload` for a fraction of a currency's minor unit, too. */
export function toMoney(
  amount: number | null | undefined,
  currency: string | null | undefined,
  context: AmountContext,
): Money | undefined {
  const money = fromMinorUnits(amount, currency?.toUpperCase(), context)
  if (money && currenciesInHundredths.includes(money.currency)) {
    if (money.amount % 100 !== 0)
      throw payloadError(context, 'a whole number of this currency, in hundredths')
    return { ...money, amount: money.amount / 100 }
  }
  if (money && currenciesInWholeUnits.includes(money.currency)) {
    return fromMinorUnits(money.amount * 100, money.currency, context)
  }
  return money
}

/** What the shopper has to do. A redirect to anything but http(s) is never handed on. */
export function toAction(nextAction: StripePaymentIntent['next_action']): ShopperAction | undefined {
  if (!nextAction) return undefined
  const details = v.parse(actionDetailsSchema, nextAction[nextAction.type])
  const expires = details.expires_at ?? details.expires_after ?? details.qr_code?.expires_at
  const expiresAt = typeof expires === 'number' ? fromEpochSeconds(expires) : undefined
  const show = (what: 'qr_code' | 'voucher' | 'bank_details', url: Url, text?: Url): ShopperAction =>
    omitUndefined({ kind: 'show', what, url: toHttpUrl(url), text: text || undefined, expiresAt })
  return match(toActionMeaning(nextAction.type))
    .returnType<ShopperAction | undefined>()
    .with('redirect', () => {
      const url = toHttpUrl(details.url)
      return url === undefined ? undefined : { kind: 'redirect', url }
    })
    .with('qr_code', () => show('qr_code', findQrCodePage(details), details.data))
    .with('voucher', () => show('voucher', details.hosted_voucher_url, details.number))
    .with('bank_details', () => show('bank_details', details.hosted_instructions_url))
    .with('sdk', () => ({ kind: 'sdk' }))
    .exhaustive()
}

type Url = string | null | undefined
type ActionMeaning = 'redirect' | 'qr_code' | 'voucher' | 'bank_details' | 'sdk'

/** The types are open: what is not known is left to Stripe.js, which knows it. */
function toActionMeaning(type: string): ActionMeaning {
  if (!isNextActionType(type)) return type.endsWith('_display_qr_code') ? 'qr_code' : 'sdk'
  return match(type)
    .returnType<ActionMeaning>()
    .with('redirect_to_url', () => 'redirect')
    .with('klarna_display_qr_code', 'paynow_display_qr_code', 'pix_display_qr_code', () => 'qr_code')
    .with('promptpay_display_qr_code', 'wechat_pay_display_qr_code', () => 'qr_code')
    .with('cashapp_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('swish_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('upi_handle_redirect_or_display_qr_code', () => 'qr_code')
    .with('boleto_display_details', 'konbini_display_details', () => 'voucher')
    .with('multibanco_display_details', 'oxxo_display_details', () => 'voucher')
    .with('display_bank_transfer_instructions', () => 'bank_details')
    .with('use_stripe_sdk', 'alipay_handle_redirect', 'blik_authorize', () => 'sdk')
    .with('card_await_notification', 'verify_with_microdeposits', () => 'sdk')
    .with('wechat_pay_redirect_to_android_app', 'wechat_pay_redirect_to_ios_app', () => 'sdk')
    .exhaustive()
}

function isNextActionType(type: string): type is StripeNextActionType {
  return stripeNextActionTypes.includes(type as StripeNextActionType)
}

/** The page that shows the code, else the picture of it. */
function findQrCodePage({ hosted_instructions_url, image_url_png, qr_code }: StripeActionDetails): Url {
  return hosted_instructions_url || image_url_png || qr_code?.image_url_png
}

function payloadError({ provider, path }: AmountContext, expected: string): PaymentError {
  const message = `the PaymentIntent is not as documented (expected ${path}: ${expected})`
  return new PaymentError({ code: 'invalid_payload', provider, message, issues: [{ path, expected }] })
}
