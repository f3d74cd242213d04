/** `T` with optional members that may be present and `undefined`. */
export type OrUndefined<T> = {
  [Key in keyof T]: T[Key] | (Record<never, never> extends Pick<T, Key> ? undefined : never)
}

/** Removes members that are `undefined`: a field that is not stated is absent. */
export function omitUndefined<T extends object>(object: NoInfer<OrUndefined<T>>): T {
  const defined: Partial<Record<keyof T, unknown>> = {} // built anew: an object that members are deleted from is slow ever after
  for (const key in object) {
    const value = object[key]
    if (value !== undefined) defined[key] = value
  }
  return defined as T
}
