import { RateLimiterMemory } from 'rate-limiter-flexible'

const WINDOW_IN_SECONDS = 60
/** An address that has sent the right token is a shop's server: guesses over the same proxy must not lock it out. */
const TRUSTED_IN_SECONDS = 60 * 60

/** Counts wrong tokens by address, so that a token cannot be guessed quickly. */
export interface Attempts {
  /** Returns the seconds until the address may try again, or 0. */
  wait(address: string): Promise<number>
  /** Counts a token that was compared. */
  count(address: string, isRight: boolean): Promise<void>
}

/** Returns a counter that allows so many wrong tokens a minute from one address, in this process. */
export function createAttempts({ perMinute, trusts }: { perMinute: number; trusts: boolean }): Attempts {
  const wrong = new RateLimiterMemory({ points: perMinute, duration: WINDOW_IN_SECONDS })
  const trusted = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: TRUSTED_IN_SECONDS })
  return {
    async wait(address) {
      const key = networkOf(address)
      const counted = await wrong.get(key)
      if (!counted || counted.consumedPoints < perMinute) return 0
      return trusts && (await trusted.get(key)) ? 0 : Math.max(1, Math.ceil(counted.msBeforeNext / 1000))
    },
    async count(address, isRight) {
      const key = networkOf(address)
      if (!isRight) await wrong.penalty(key)
      else if (trusts) await trusted.set(key, 1, TRUSTED_IN_SECONDS)
    },
  }
}

/** Returns an IPv4 address as it is, and the first 64 bits of an IPv6 address: one customer has all the others. */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const rest = tail?.split(':') ?? []
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...rest].slice(0, 4).join(':')
}
