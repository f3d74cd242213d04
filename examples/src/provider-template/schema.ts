/** The shapes of the fields that are read, and no others. @module */
import * as v from 'valibot'

/** Id of a charge. Anchored, so that a path or a query that begins like an id is refused. */
export const idPattern = /^chg_[a-z\d]{6,40}$/

// A status is text and not a picklist: an unlisted word must reach `status.ts`, which reads it as `unknown`.
const text = v.nullish(v.string())
const figure = v.nullish(v.number())
const id = v.pipe(v.string(), v.nonEmpty())

export const chargeSchema = v.object({
  id: v.pipe(v.string(), v.regex(idPattern)),
  state: v.string(),
  order: text,
  currency: text,
  amount: figure,
  captured: figure,
  refunded: figure,
  reason: text,
  created: text,
  next_url: text,
  // Details that money does not depend on fall back to nothing: `optional(unknown())`, because `unknown()` alone is required.
  card: v.optional(v.unknown()),
  refunds: v.nullish(v.array(v.object({ id, state: v.string(), amount: figure, at: text }))),
  dispute: v.nullish(v.object({ id, state: v.string(), at: text })),
})
export type AcmePayCharge = v.InferOutput<typeof chargeSchema>

export const pageSchema = v.object({ items: v.array(v.unknown()), next: text })

export const eventSchema = v.object({
  event: id,
  type: v.string(),
  at: v.string(),
  charge: v.unknown(),
})

export const errorSchema = v.object({ error: v.object({ code: text }) })
