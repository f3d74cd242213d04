import { inputError } from '@payment-status/core/kit'

/** PaymentIntent id. Its client secret is that id followed by `_secret_…`, and must not pass for one. */
export const paymentIdPattern = /^pi_(?!\w*_secret_)\w+$/

/** Checkout Session id, as the return URL and the API state it. */
export const sessionIdPattern = /^cs_(?!\w*_secret_)\w+$/

/** Id a lookup can begin with: a PaymentIntent's, or that of an object that names its PaymentIntent. */
export const lookupIdPattern = /^(?:pi|cs|ch|py|re|pyr|du|dp|prv|issfr)_(?!\w*_secret_)\w+$/

export interface NamingObject {
  readonly name: string
  /** Where the API has it: `{path}/{id}`. */
  readonly path: string
}

const charge: NamingObject = { name: 'charge', path: '/v1/charges' }
const refund: NamingObject = { name: 'refund', path: '/v1/refunds' }
const dispute: NamingObject = { name: 'dispute', path: '/v1/disputes' }

/** Objects that name their PaymentIntent, by the prefix of their ids. py and pyr are other methods than cards. */
const namingObjects: Readonly<Record<string, NamingObject>> = {
  cs: { name: 'Checkout Session', path: '/v1/checkout/sessions' },
  ch: charge,
  py: charge,
  re: refund,
  pyr: refund,
  du: dispute,
  dp: dispute,
  prv: { name: 'review', path: '/v1/reviews' },
  issfr: { name: 'early fraud warning', path: '/v1/radar/early_fraud_warnings' },
}

/** Other ids merchants keep, by prefix: named in the error, so that the mistake is seen at once. */
const otherObjects: Readonly<Record<string, string>> = {
  acct: 'an account',
  cus: 'a Customer',
  evt: 'an Event',
  in: 'an Invoice',
  plink: 'a Payment Link',
  pm: 'a PaymentMethod',
  price: 'a Price',
  seti: 'a SetupIntent',
  src: 'a Source',
  sub: 'a Subscription',
  tok: 'a Token',
  txn: 'a balance transaction',
}

/** Returns the object an id belongs to; `undefined` for a PaymentIntent's own id. Throws `invalid_input` for any other id. */
export function findNamingObject(id: string, provider: string): NamingObject | undefined {
  if (typeof id === 'string' && lookupIdPattern.test(id)) return namingObjects[toPrefix(id)]
  throw inputError(
    provider,
    `${describeId(id)}. Look a payment up by the id of its PaymentIntent (pi_…), Checkout Session (cs_…) or charge (ch_…)`,
  )
}

/** Names the kind of id that was given. The id itself is never repeated. */
function describeId(id: unknown): string {
  if (typeof id !== 'string' || id === '') return 'id must be a text that is not empty'
  if (/_secret_/.test(id)) return 'this is a client secret. The id is the part before _secret_'
  const name = find(otherObjects, id)
  return name
    ? `this is the id of ${name}, which does not name one payment`
    : 'this is not a Stripe payment id'
}

/** Names the object of an id that a lookup can begin with; `undefined` for a PaymentIntent's own id and for any other. */
export function nameObject(id: unknown): string | undefined {
  return typeof id === 'string' ? find(namingObjects, id)?.name : undefined
}

function find<Value>(byPrefix: Readonly<Record<string, Value>>, id: string): Value | undefined {
  const prefix = toPrefix(id)
  return Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix] : undefined
}

function toPrefix(id: string): string {
  return id.slice(0, id.indexOf('_'))
}
