const MAX_LENGTH = 200
/** Digits of the shortest card numbers. */
const MIN_CARD_DIGITS = 12

// Up to three characters that are neither letters nor digits may stand between two digits of one number.
const cardPattern = new RegExp(`\\p{Nd}(?:[^\\p{L}\\p{N}]{0,3}\\p{Nd}){${MIN_CARD_DIGITS - 1}}`, 'u')
/** Keys of Stripe and Checkout.com, webhook secrets and client secrets. */
const secretPattern = /(?:^|[^a-z\d])(?:[spr]k_|whsec_)\w|_secret_\w/i
/** Line breaks, invisible characters and characters that move others. */
const unseenPattern = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const uuidPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Returns text from outside if it may be shown and logged. Returns `undefined` where it is empty, longer than 200 characters,
 * has invisible characters, looks like a secret, or has enough digits for a card number, in any script and with any
 * separators.
 */
export function toLogSafe(text: string | null | undefined): string | undefined {
  if (!text || text.length > MAX_LENGTH || unseenPattern.test(text) || secretPattern.test(text))
    return undefined
  if (uuidPattern.test(text)) return holdsCardNumber(text) ? undefined : text
  // Full-width, circled and raised digits are digits too.
  return cardPattern.test(text.normalize('NFKC')) ? undefined : text
}

/** Returns a code or an id that may be logged: one short word, or `undefined`. */
export function toLogSafeWord(word: string | null | undefined): string | undefined {
  return word && /^[\w.-]{1,64}$/.test(word) ? toLogSafe(word) : undefined
}

/** A UUID can have enough digits by chance; a card number has a check digit and no leading zero. */
function holdsCardNumber(uuid: string): boolean {
  const runs = uuid.replaceAll('-', '').match(/\d+/g) ?? []
  return runs.some((run) => {
    for (let start = 0; start < run.length; start++) {
      if (run[start] === '0') continue
      for (let length = MIN_CARD_DIGITS + 1; length <= 19 && start + length <= run.length; length++) {
        if (passesLuhn(run.slice(start, start + length))) return true
      }
    }
    return false
  })
}

/** Returns whether the last digit is the check digit of the others (Luhn's algorithm, ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 1; place <= digits.length; place++) {
    const digit = Number(digits.at(-place)) * (place % 2 === 0 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}
