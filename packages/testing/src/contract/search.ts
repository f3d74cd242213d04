/** Where something thrown holds one of the secrets: message, stack, cause, JSON and every property of its own. */
export function findSecrets(thrown: unknown, secrets: readonly string[]): string[] {
  const texts = [...textsOf(thrown, 'error', new Set())]
  return texts.flatMap(({ path, text }) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${path} holds "${secret}"`),
  )
}

interface Text {
  readonly path: string
  readonly text: string
}

function* textsOf(value: unknown, path: string, seen: Set<unknown>): Generator<Text> {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) yield { path, text: String(value) }
    return
  }
  if (seen.has(value)) return
  seen.add(value)
  if (value instanceof Error) yield { path, text: String(value) }
  yield { path: `${path} as JSON`, text: toJson(value) }
  for (const key of Reflect.ownKeys(value)) {
    yield { path: `a property of ${path}`, text: String(key) }
    yield* textsOf((value as Record<PropertyKey, unknown>)[key], `${path}.${String(key)}`, seen)
  }
}

function toJson(value: object): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
