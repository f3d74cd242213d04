import { paymentStatuses } from '@payment-status/core'
import type { OrderState } from '@payment-status/tracker'
import * as v from 'valibot'

const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))
const minorUnits = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** The body of `PUT /orders/{order}`. */
export const watchBody = v.strictObject({
  terms: v.strictObject({
    expected: v.strictObject({
      amount: v.strictObject({ amount: minorUnits, currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)) }),
      reference: v.optional(text),
    }),
    capture: v.picklist(['automatic', 'manual']),
    webhookOnly: v.optional(v.boolean()),
  }),
  payments: v.array(
    v.union([
      v.strictObject({ provider: text, id: text }),
      v.strictObject({ provider: text, reference: text }),
    ]),
  ),
  schedule: v.optional(
    v.union([
      v.picklist(['card', 'slowMethod']),
      v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.minLength(1), v.maxLength(100)),
    ]),
  ),
})

/** The body of `POST /reports`: the answer to a create call, and what was sent where it does not repeat that. */
export const reportBody = v.strictObject({
  provider: text,
  body: v.record(v.string(), v.unknown()),
  sent: v.optional(v.record(v.string(), v.unknown())),
})

/** The body of `POST /returns`. */
export const returnBody = v.strictObject({ provider: text, url: v.pipe(v.string(), v.url()) })

export const orderStates = [
  'waiting',
  'exhausted',
  'decided',
  'unwatched',
] as const satisfies readonly OrderState[]

/** The query of `GET /orders`. */
export const ordersQuery = v.strictObject({
  state: v.optional(v.picklist(orderStates)),
  status: v.optional(v.picklist(paymentStatuses)),
  provider: v.optional(text),
  since: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(500)),
  ),
})
