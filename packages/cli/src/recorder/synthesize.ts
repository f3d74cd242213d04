import { createHmac, randomBytes } from 'node:crypto'
import type { Spelling } from '@payment-status/core/kit'
import { passesLuhn } from '@payment-status/core/kit'

/** Replaces values by synthetic ones of the same shape. The same value always becomes the same synthetic value. */
export interface Synthesizer {
  /** Replaces an id. Two ids never become the same one. */
  id(value: string, spelling: Spelling): string
  text(value: string, spelling: Spelling): string
  number(value: number): number
  /** Replaces the name of a field. */
  name(value: string): string
}

/** Longer texts are cut: their length would be all that is left of them. */
const LONGEST_TEXT = 200
const TRIES_OF_ONE_LENGTH = 50
const HOST = 'redacted.example'

/** Creates a synthesizer with a key of its own, which is held in memory only: no synthetic value leads back to its original. */
export function createSynthesizer(key: Uint8Array = randomBytes(32)): Synthesizer {
  const ids = new Map<string, string>()
  const used = new Set<string>()

  function shape(value: string, spelling: Spelling, salt = 0): string {
    const prefix = spelling.prefixes.find((one) => value.startsWith(one)) ?? ''
    const made = reshape(value.slice(prefix.length), createStream(key, `${salt}:${value}`))
    // A synthetic number that passes for a card number would alarm every scanner.
    const digits = made.replaceAll(/[ -]/g, '')
    const looksLikeCard = /^\d{12,19}$/.test(digits) && passesLuhn(digits)
    return looksLikeCard ? shape(value, spelling, salt + 1000) : prefix + made
  }

  function text(given: string, spelling: Spelling): string {
    const known = ids.get(given)
    if (known !== undefined) return known
    const value = given.slice(0, LONGEST_TEXT)
    if (/^https?:\/\//i.test(value) && URL.canParse(value)) return toUrl(new URL(value), spelling)
    if (/^[^\s@]+@[^\s@]+$/.test(value))
      return `${shape(value.slice(0, value.indexOf('@')), spelling)}@${HOST}`
    return shape(value, spelling)
  }

  function toUrl({ pathname, searchParams }: URL, spelling: Spelling): string {
    const path = pathname.split('/').map((segment) => segment && text(decode(segment), spelling))
    const query = [...searchParams].map(([name, value]) => [nameOf(name), text(value, spelling)])
    const search = query.length === 0 ? '' : `?${new URLSearchParams(query)}`
    return `https://${HOST}${path.map(encodeURIComponent).join('/')}${search}`
  }

  function nameOf(value: string): string {
    return `field_${createHmac('sha256', key).update(`name:${value}`).digest('hex').slice(0, 10)}`
  }

  function id(value: string, spelling: Spelling): string {
    if (value.includes(','))
      return value
        .split(',')
        .map((one) => id(one, spelling))
        .join(',')
    const known = ids.get(value)
    if (known !== undefined || value === '') return known ?? ''
    if (value.length > LONGEST_TEXT || !/[\da-z]/i.test(value)) return text(value, spelling)
    let made = ''
    for (let salt = 0; made === '' || used.has(made) || made === value; salt++) {
      // A shape that is used up, such as one digit, is lengthened.
      const longer = value + '0'.repeat(Math.floor(salt / TRIES_OF_ONE_LENGTH))
      made = toSnowflake(value, spelling, salt) ?? shape(longer, spelling, salt)
    }
    ids.set(value, made)
    used.add(made)
    return made
  }

  return {
    id,
    text,
    name: nameOf,
    number(value) {
      const digits = reshape(String(Math.abs(value)), createStream(key, `number:${value}`))
      const made = Number(digits)
      return Number.isFinite(made) ? Math.sign(value) * made : 0
    },
  }

  /** Keeps the time of an id and replaces its sequence. Any other number of 19 digits is no id of that kind. */
  function toSnowflake(value: string, { hasSnowflakes }: Spelling, salt: number): string | undefined {
    if (!hasSnowflakes || !/^[12]\d{18}$/.test(value)) return undefined
    const upper = (BigInt(value) >> SEQUENCE_BITS) << SEQUENCE_BITS
    const time = Number(upper >> SEQUENCE_BITS) + EPOCH_IN_MILLISECONDS
    if (time < EARLIEST_IN_MILLISECONDS || time > Date.now() + YEAR_IN_MILLISECONDS) return undefined
    const stream = createStream(key, `${salt}:${value}`)
    const lower = BigInt((stream() << 14) | (stream() << 6) | (stream() & 0x3f))
    return String(upper | lower)
  }
}

/** Onerway's ids count the milliseconds since this moment in their upper bits. */
const EPOCH_IN_MILLISECONDS = 1_288_834_974_657
const SEQUENCE_BITS = 22n
const EARLIEST_IN_MILLISECONDS = Date.UTC(2020, 0, 1)
const YEAR_IN_MILLISECONDS = 366 * 24 * 60 * 60_000

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const HEX = 'abcdef'
const DIGITS = '23456789'

/** Replaces letters and digits, keeps spaces and the punctuation of ASCII, and replaces everything else by letters. */
function reshape(value: string, next: () => number): string {
  const isHex = /^[\da-fA-F-]{8,}$/.test(value) && /[a-f]/i.test(value)
  const letters = isHex ? HEX : LOWER
  const pick = (alphabet: string) => alphabet.charAt(next() % alphabet.length)
  let made = ''
  for (const character of value) {
    if (/[0-9]/.test(character)) made += pick(DIGITS)
    else if (/[A-Z]/.test(character)) made += pick(letters).toUpperCase()
    else if (/[ -/:-@[-`{-~]/.test(character)) made += character
    else made += pick(letters)
  }
  return made
}

/** Returns the bytes of a keyed hash of a value, one by one and without end. */
function createStream(key: Uint8Array, value: string): () => number {
  let block = Buffer.alloc(0)
  let count = 0
  let at = 0
  return () => {
    if (at === block.length) {
      block = createHmac('sha256', key).update(`${count++}:${value}`).digest()
      at = 0
    }
    return block[at++] ?? 0
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
