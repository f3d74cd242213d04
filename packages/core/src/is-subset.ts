/** Returns whether everything that `part` states stands in `whole` as well. Both are plain JSON; `except` names members to skip. */
export function isSubset(part: unknown, whole: unknown, except: readonly string[] = []): boolean {
  if (part === undefined || part === whole) return true
  if (typeof part !== 'object' || typeof whole !== 'object' || part === null || whole === null) return false
  return Object.entries(part).every(
    ([key, value]) => except.includes(key) || isSubset(value, (whole as Record<string, unknown>)[key]),
  )
}
