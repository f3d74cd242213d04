/**
 * A function of a vocabulary's words that is asked once for each of them, when the first is read, and remembers what it
 * said. It stays the place where the meanings are told: a word that is none of the vocabulary still goes to it. What it
 * answers with is shared, so nobody may change it.
 *
 * @example
 * const toStatus = tabulate(words, (word) => match(word).with('PAID', () => 'captured').….exhaustive())
 */
export function tabulate<const Word extends string, Meaning>(
  words: readonly Word[],
  meaningOf: (word: Word) => Meaning,
): (word: Word) => Meaning {
  let meanings: ReadonlyMap<string, Meaning> | undefined
  return (word) => {
    meanings ??= new Map(words.map((known) => [known, meaningOf(known)]))
    const meaning = meanings.get(word)
    return meaning === undefined ? meaningOf(word) : meaning
  }
}
