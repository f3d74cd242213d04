/** Values that no error may repeat: a text as payloads hold it, and a card number. Both are easy to search for. */
export const planted: readonly string[] = ['planted payload value', '4242424242424242']

const MAX_PLACES = 80

/** Copies of a JSON value, each with one place (leaf or branch) taken by something planted, of the wrong kind or the right one. */
export function plantEverywhere(value: unknown): unknown[] {
  const paths = pathsOf(value).slice(0, MAX_PLACES)
  const strange = [planted[0], Number(planted[1]), { nested: planted[0] }]
  return paths.flatMap((path) => strange.map((plant) => replaceAt(value, path, plant)))
}

type Path = readonly string[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, [...path, key]),
  ])
}

function replaceAt(value: unknown, [key, ...rest]: Path, plant: unknown): unknown {
  if (key === undefined) return plant
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaceAt(copy[key], rest, plant)
  return copy
}
