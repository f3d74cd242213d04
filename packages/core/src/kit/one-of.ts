/** Whether a value is one of a vocabulary's words. */
export function isOneOf<const Value>(values: readonly Value[], value: unknown): value is Value {
  return (values as readonly unknown[]).includes(value)
}

/** Lists of words by their meaning, the other way round: each word's meaning. */
export function byWord<Meaning extends string>(
  lists: Readonly<Record<Meaning, readonly string[]>>,
): ReadonlyMap<string, Meaning> {
  const entries = Object.entries(lists) as [Meaning, readonly string[]][]
  return new Map(entries.flatMap(([meaning, words]) => words.map((word) => [word, meaning] as const)))
}
