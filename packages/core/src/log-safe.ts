const MAX_LENGTH = 200
/** As few digits as the shortest numbers of cards have. */
const MIN_CARD_DIGITS = 12

// Up to three characters that are neither letters nor digits may stand between two digits of one number.
const cardPattern = new RegExp(`\\p{Nd}(?:[^\\p{L}\\p{N}]{0,3}\\p{Nd}){${MIN_CARD_DIGITS - 1}}`, 'u')
/** The keys of Stripe and Checkout.com, the keys of webhooks, and what a browser confirms a payment with. */
const secretPattern = /(?:^|[^a-z\d])(?:[spr]k_|whsec_)\w|_secret_\w/i
/** Line breaks and all else that is not seen in a log, or moves what is. */
const unseenPattern = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const uuidPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Whether text from outside may be shown and logged: the text itself, or `undefined` where it is empty, longer than 200
 * characters, has characters that are not seen, looks like a secret, or has digits enough for a card, in any script and
 * with any separators.
 */
export function toLogSafe(text: string | null | undefined): string | undefined {
  if (!text || text.length > MAX_LENGTH || unseenPattern.test(text) || secretPattern.test(text))
    return undefined
  if (uuidPattern.test(text)) return holdsCardNumber(text) ? undefined : text
  // Full-width, circled and raised digits are digits too.
  return cardPattern.test(text.normalize('NFKC')) ? undefined : text
}

/** A code or an id that may be logged: one short word, or `undefined`. */
export function toLogSafeWord(word: string | null | undefined): string | undefined {
  return word && /^[\w.-]{1,64}$/.test(word) ? toLogSafe(word) : undefined
}

/** A UUID has digits enough by chance; those of a card have a check digit, and no zero before them. */
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

/** Whether digits add up as a card's do: the last one is chosen so that they do (Luhn's algorithm, ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 1; place <= digits.length; place++) {
    const digit = Number(digits.at(-place)) * (place % 2 === 0 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}
