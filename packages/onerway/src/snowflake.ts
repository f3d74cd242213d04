/** Onerway's ids are snowflakes: their upper bits count the milliseconds since this moment. */
const EPOCH_IN_MILLISECONDS = 1_288_834_974_657
const SEQUENCE_BITS = 22n
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000
const EARLIEST_IN_MILLISECONDS = Date.UTC(2015, 0, 1)
/** Time zones differ by quarters of an hour; a shopper who takes a while to pay does not. */
const ZONE_STEP_IN_MINUTES = 15
const WIDEST_ZONE_DIFFERENCE_IN_MINUTES = 26 * 60

/**
 * Returns the ISO 8601 instant at which Onerway made an id, or `undefined` for an id that holds no plausible moment.
 *
 * Source: the published pairs of a transactionId and its txnTime, which agree to the second.
 */
export function toCreationTime(id: string, observedAt: string): string | undefined {
  const time = Number(BigInt(id) >> SEQUENCE_BITS) + EPOCH_IN_MILLISECONDS
  const isPlausible = time >= EARLIEST_IN_MILLISECONDS && time <= Date.parse(observedAt) + DAY_IN_MILLISECONDS
  return isPlausible ? new Date(time).toISOString() : undefined
}

/**
 * Returns by how many minutes a transaction's time differs from the moment in its id, where the difference looks like that
 * of two time zones: a multiple of 15 minutes, to within one. Otherwise `undefined`.
 */
export function toZoneDifference(id: string, at: string, observedAt: string): number | undefined {
  const createdAt = toCreationTime(id, observedAt)
  if (createdAt === undefined) return undefined
  const minutes = (Date.parse(at) - Date.parse(createdAt)) / 60_000
  const rounded = Math.round(minutes / ZONE_STEP_IN_MINUTES) * ZONE_STEP_IN_MINUTES
  const isZone =
    rounded !== 0 &&
    Math.abs(rounded) <= WIDEST_ZONE_DIFFERENCE_IN_MINUTES &&
    Math.abs(minutes - rounded) <= 1
  return isZone ? rounded : undefined
}
