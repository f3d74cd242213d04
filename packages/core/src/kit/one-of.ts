/** Returns whether a value is a word of a vocabulary. */
export function isOneOf<const Value>(values: readonly Value[], value: unknown): value is Value {
  return (values as readonly unknown[]).includes(value)
}

/** Inverts lists of words by meaning: returns the meaning of each word. */
export function byWord<Meaning extends string>(
  lists: Readonly<Record<Meaning, readonly string[]>>,
): ReadonlyMap<string, Meaning> {
  const entries = Object.entries(lists) as [Meaning, readonly string[]][]
  return new Map(entries.flatMap(([meaning, words]) => words.map((word) => [word, meaning] as const)))
}
