import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Chance that comes out the same for the same seed. */
export interface Random {
  /** True with this probability, from 0 to 1. */
  chance(probability: number | undefined): boolean
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** A stream of chance of its own: what is drawn from it moves no other. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const between = (least: number, most: number) => uniformInt(generator, least, most)
  return {
    chance: (probability = 0) => probability > 0 && uniformFloat64(generator) < probability,
    between,
    pick: (items) => items[between(0, items.length - 1)] as (typeof items)[number],
  }
}
