import type { ShopperAction } from '@payment-status/core'
import { omitUndefined, toHttpUrl, toInstant } from '@payment-status/core/kit'
import type { CheckoutComFlowAnswer, CheckoutComPayment } from './schema.ts'

type Shown = Extract<ShopperAction, { readonly kind: 'show' }>

const MAX_TEXT_LENGTH = 4096 // a QR code holds no more

/** Returns what the shopper has to do: follow a redirect, or pay with a voucher or a code. */
export function toAction(
  payment: Partial<Pick<CheckoutComPayment, '_links' | 'source' | 'expires_on'>>,
): ShopperAction | undefined {
  const { redirect, 'multibanco:static-reference-page': page } = payment._links ?? {}
  return toRedirect(redirect?.href) ?? toShown(payment) ?? toRedirect(page?.href)
}

/** Returns a redirect to an http(s) URL. Any other URL is left out. */
export function toRedirect(href: string | number | null | undefined): ShopperAction | undefined {
  const url = typeof href === 'string' ? toHttpUrl(href) : undefined
  return url === undefined ? undefined : { kind: 'redirect', url }
}

/** Returns Flow's action: a redirect, or an action of its own browser SDK. */
export function toFlowAction({ action }: Pick<CheckoutComFlowAnswer, 'action'>): ShopperAction {
  return toRedirect(action?.url) ?? { kind: 'sdk' }
}

/**
 * Finds what a pending payment is paid with in its source: Multibanco's reference after the number of its supplier,
 * Fawry's reference number, BenefitPay's QR code. Multibanco's create call returns the link of a page that shows it.
 */
export function findCode(source: CheckoutComPayment['source']): Pick<Shown, 'what' | 'text'> | undefined {
  const { payment_reference, service_supplier_id, reference_number, qr_data } = source ?? {}
  const code = toText(qr_data)
  if (code !== undefined) return { what: 'qr_code', text: code }
  const reference = toText(payment_reference)
  const voucher =
    reference === undefined ? toText(reference_number) : joined(toText(service_supplier_id), reference)
  return voucher === undefined ? undefined : { what: 'voucher', text: voucher }
}

function toShown({
  source,
  expires_on,
  _links,
}: Partial<Pick<CheckoutComPayment, 'source' | 'expires_on' | '_links'>>): Shown | undefined {
  const code = findCode(source)
  return (
    code &&
    omitUndefined<Shown>({
      kind: 'show',
      ...code,
      url: toHttpUrl(_links?.['multibanco:static-reference-page']?.href),
      expiresAt: toTime(source?.expires_on) ?? toTime(expires_on),
    })
  )
}

/** Returns text that is not empty and not longer than a QR code can be. */
function toText(value: string | number | null | undefined): string | undefined {
  const text = value === undefined || value === null ? '' : String(value).trim()
  return text === '' || text.length > MAX_TEXT_LENGTH ? undefined : text
}

function joined(supplier: string | undefined, reference: string): string {
  return supplier === undefined ? reference : `${supplier} ${reference}`
}

function toTime(text: string | number | null | undefined): string | undefined {
  return typeof text === 'string' ? toInstant(text) : undefined
}
