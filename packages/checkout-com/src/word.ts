import { isOneOf } from '@payment-status/core/kit'

/** Finds a word in a vocabulary without regard to case: a search returns words in lower case. */
export function findWord<const Word extends string>(words: readonly Word[], word: unknown): Word | undefined {
  if (isOneOf(words, word)) return word
  const lower = typeof word === 'string' ? word.toLowerCase() : undefined
  return words.find((known) => known.toLowerCase() === lower)
}
