/** `T`, where every optional member may also be there and `undefined`. */
export type OrUndefined<T> = {
  [Key in keyof T]: T[Key] | (Record<never, never> extends Pick<T, Key> ? undefined : never)
}

/** Leaves out what is `undefined`: a field that was not told is absent, not there without a value. */
export function omitUndefined<T extends object>(object: NoInfer<OrUndefined<T>>): T {
  const told: Partial<Record<keyof T, unknown>> = {} // built anew: an object that members are deleted from is slow ever after
  for (const key in object) {
    const value = object[key]
    if (value !== undefined) told[key] = value
  }
  return told as T
}
