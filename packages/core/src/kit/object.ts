/** `T` with every member that may be `undefined` made optional instead, as our outputs are. */
export type Stated<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/** Leaves out what is `undefined`: a field that was not told is absent, not there without a value. */
export function stated<T extends object>(object: T): Stated<T> {
  const told: Partial<T> = {} // built anew: an object that members are deleted from is slow ever after
  for (const key in object) if (object[key] !== undefined) told[key] = object[key]
  return told as unknown as Stated<T>
}

/** Text from a provider that may be shown and logged; left out where it is long, has control characters, or digits enough for a card. */
export function toSafeText(text: string | null | undefined): string | undefined {
  if (!text || text.length > 200) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]|\d(?:[ -]?\d){11}/.test(text) ? undefined : text
}
