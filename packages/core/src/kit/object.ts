/** `T` with every member that may be `undefined` made optional instead, as our outputs are. */
export type Stated<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/** Leaves out what is `undefined`: a field that was not told is absent, not there without a value. Changes the object it is given. */
export function stated<T extends object>(object: T): Stated<T> {
  for (const key in object) if (object[key] === undefined) delete object[key]
  return object as Stated<T>
}

/** Text from a provider that may be shown and logged; left out where it is long, has control characters, or digits enough for a card. */
export function toSafeText(text: string | null | undefined): string | undefined {
  if (!text || text.length > 200) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]|\d(?:[ -]?\d){11}/.test(text) ? undefined : text
}
