import type { ShopperAction } from '@payment-status/core'
import { fromEpochSeconds, isPaymentError, omitUndefined, toHttpUrl } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import * as v from 'valibot'
import { toMoney, toMoneyText } from './money.ts'
import { actionDetailsSchema, type StripeActionDetails, type StripePaymentIntent } from './schema.ts'
import { toActionMeaning } from './status.ts'

type Url = string | null | undefined

/**
 * Reads what the shopper has to do. Only http(s) redirects are kept. An action to show has the link of the page Stripe
 * hosts, and as `text` what the shopper enters or scans: one code as it is, several as lines of `name: value` in Stripe's
 * own names.
 */
export function toAction(nextAction: StripePaymentIntent['next_action']): ShopperAction | undefined {
  if (!nextAction) return undefined
  const details = v.parse(actionDetailsSchema, nextAction[nextAction.type])
  const expires = details.expires_at ?? details.expires_after ?? details.qr_code?.expires_at
  const expiresAt = typeof expires === 'number' ? fromEpochSeconds(expires) : undefined
  const show = (
    what: 'qr_code' | 'voucher' | 'bank_details',
    url: string | undefined,
    text: string | null | undefined,
  ): ShopperAction => omitUndefined({ kind: 'show', what, url, text: text || undefined, expiresAt })

  return match(toActionMeaning(nextAction.type))
    .returnType<ShopperAction | undefined>()
    .with('redirect', () => {
      const url = toFirstUrl(details.url, details.hosted_verification_url)
      return url === undefined ? undefined : { kind: 'redirect', url }
    })
    .with('qr_code', () => show('qr_code', findQrCodePage(details), findQrCode(details)))
    .with('voucher', () =>
      show('voucher', toFirstUrl(details.hosted_voucher_url, details.pdf), toVoucherText(details)),
    )
    .with('bank_details', () =>
      show('bank_details', toFirstUrl(details.hosted_instructions_url), toTransferText(details)),
    )
    .with('sdk', () => ({ kind: 'sdk' }))
    .exhaustive()
}

/** Returns the page that shows the code (and opens the app where there is one), else the picture of the code. */
function findQrCodePage(details: StripeActionDetails): string | undefined {
  const { hosted_instructions_url, mobile_auth_url, image_url_png, qr_code } = details
  return toFirstUrl(hosted_instructions_url, image_url_png, qr_code?.image_url_png, mobile_auth_url)
}

/** Returns the content of the code, else the link that opens the app on the shopper's phone. */
function findQrCode({ data, qr_code, mobile_auth_url }: StripeActionDetails): string | null | undefined {
  return data || qr_code?.data || toHttpUrl(mobile_auth_url)
}

function toVoucherText({ number, entity, reference, stores }: StripeActionDetails): string | undefined {
  if (number) return number
  const codes = Object.entries(stores ?? {}).map(([store, codes]): [string, string | null | undefined] => [
    store,
    [codes?.payment_code, codes?.confirmation_number].filter(Boolean).join(', confirmation number '),
  ])
  return toLines([['entity', entity], ['reference', reference], ...codes])
}

/** Returns the reference of a bank transfer, the remaining amount, and each account it can be paid to. */
function toTransferText(details: StripeActionDetails): string | undefined {
  const { reference, financial_addresses, amount_remaining, currency } = details
  const accounts = (financial_addresses ?? []).map((address) => {
    const account = typeof address.type === 'string' ? address[address.type] : undefined
    const members = typeof account === 'object' && account !== null ? Object.entries(account) : []
    return toLines(members.filter((member): member is [string, string] => typeof member[1] === 'string'))
  })
  const order = toLines([
    ['reference', reference],
    ['amount_remaining', toRemaining(amount_remaining, currency)],
  ])
  return [order, ...accounts].filter(Boolean).join('\n\n') || undefined
}

/** Returns the remaining amount for the shopper to read; `undefined` where it is unreadable. */
function toRemaining(amount: number | null | undefined, currency: Url): string | undefined {
  try {
    const money = toMoney(amount, currency, { provider: 'stripe', path: 'amount_remaining' })
    return money && toMoneyText(money)
  } catch (error) {
    if (!isPaymentError(error)) throw error
    return undefined
  }
}

function toLines(
  members: ReadonlyArray<readonly [name: string, value: string | null | undefined]>,
): string | undefined {
  const stated = members.filter(([, value]) => value)
  return stated.map(([name, value]) => `${name}: ${value}`).join('\n') || undefined
}

function toFirstUrl(...urls: readonly Url[]): string | undefined {
  return urls.map(toHttpUrl).find((url) => url !== undefined)
}
