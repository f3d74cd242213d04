import { paymentStatuses } from '@payment-status/core'
import type { OrderState } from '@payment-status/tracker'
import * as v from 'valibot'

/** Text that a database can store: no NUL, no half character. */
const text = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(200),
  v.regex(/^[^\0\p{Cs}]*$/u, 'text without NUL and half characters'),
)
const LONGEST_PAUSE_IN_MILLISECONDS = 90 * 24 * 60 * 60_000
const currencyCode = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'an ISO 4217 code, such as EUR'))
const minorUnits = v.pipe(v.number(), v.integer(), v.safeInteger(), v.minValue(0))

export const orderTerms = v.strictObject({
  expected: v.strictObject({
    amount: v.strictObject({ amount: minorUnits, currency: currencyCode }),
    reference: v.optional(text),
  }),
  capture: v.picklist(['automatic', 'manual']),
  webhookOnly: v.optional(v.boolean()),
  split: v.optional(v.boolean()),
  notBefore: v.optional(v.pipe(v.string(), v.isoTimestamp())),
})

/** The body of `PUT /orders/{order}`. */
export const watchBody = v.strictObject({
  terms: orderTerms,
  payments: v.pipe(
    v.array(
      v.union(
        [v.strictObject({ provider: text, id: text }), v.strictObject({ provider: text, reference: text })],
        '{ provider, id } or { provider, reference }',
      ),
    ),
    v.maxLength(100),
  ),
  schedule: v.optional(
    v.union(
      [
        v.picklist(['card', 'slowMethod']),
        v.pipe(
          v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LONGEST_PAUSE_IN_MILLISECONDS))),
          v.minLength(1),
          v.maxLength(100),
        ),
      ],
      "'card', 'slowMethod' or an array of milliseconds",
    ),
  ),
})

/** The body of `POST /reports`: the answer to a create call, and what was sent where it does not repeat that. */
export const reportBody = v.strictObject({
  provider: text,
  body: v.record(v.string(), v.unknown()),
  sent: v.optional(v.record(v.string(), v.unknown())),
})

/** The body of `POST /returns`. `order`: the order of the shopper's session, where the shop knows it. */
export const returnBody = v.strictObject({
  provider: text,
  url: v.pipe(v.string(), v.url(), v.maxLength(16_384)),
  order: v.optional(text),
})

export const orderStates = [
  'waiting',
  'exhausted',
  'decided',
  'unwatched',
] as const satisfies readonly OrderState[]

const limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, 'a whole number'),
  v.transform(Number),
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(500),
)

const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.optional(v.pipe(schema, v.description(description)))
const instant = v.pipe(v.string(), v.isoTimestamp())
const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/, 'a whole number'),
  v.transform(Number),
  v.number(),
  v.integer(),
  v.minValue(0),
)

/** The query of `GET /orders`. */
export const ordersQuery = v.strictObject({
  search: described(text, 'The beginning of an order id, of a payment id or of a reference'),
  state: v.optional(v.picklist(orderStates)),
  status: v.optional(v.picklist(paymentStatuses)),
  provider: v.optional(text),
  payment: described(text, 'The id or the reference of a payment'),
  amount: described(wholeNumber, 'Exactly this amount is due, in minor units. Needs `currency`'),
  currency: described(currencyCode, 'The currency of `amount`'),
  since: described(instant, 'Tracked at or after this instant'),
  until: described(instant, 'Tracked before this instant'),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  limit: v.optional(limit),
})

/** The query of `GET /unmatched`. */
export const listQuery = v.strictObject({
  provider: v.optional(text),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  limit: v.optional(limit),
})

/** The query of `GET /tasks`. */
export const taskQuery = v.strictObject({ limit: v.optional(limit) })
