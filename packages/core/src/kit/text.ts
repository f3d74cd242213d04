/** Text from a provider that may be shown and logged; left out where it is long, has control characters, or digits enough for a card. */
export function toSafeText(text: string | null | undefined): string | undefined {
  if (!text || text.length > 200) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]|\d(?:[ -]?\d){11}/.test(text) ? undefined : text
}
