/** Where a value is not plain JSON (a `Date`, a class, `undefined`, a number JSON does not know); `undefined` when all of it is. */
export function findNotPlain(value: unknown, path = 'it'): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path
  if (typeof value !== 'object') return path
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return path
  if (Object.getOwnPropertySymbols(value).length > 0) return path
  for (const [key, member] of Object.entries(value)) {
    const found = findNotPlain(member, `${path}.${key}`)
    if (found) return found
  }
  return undefined
}

/** The paths of everything called `name`, however deep. */
export function findMembers(value: unknown, name: string, path = 'it'): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key === name ? [`${path}.${key}`] : []),
    ...findMembers(member, name, `${path}.${key}`),
  ])
}
