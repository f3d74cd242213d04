import { limits, withLimit } from '../retry.ts'

const turns = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * Runs work of one name after the other in this process. What waits longer than for a lock is rejected, and delivered
 * again by the provider.
 */
export async function inTurn<T>(owner: object, name: string | undefined, work: () => Promise<T>): Promise<T> {
  if (name === undefined) return work()
  const known = turns.get(owner) ?? new Map<string, Promise<unknown>>()
  turns.set(owner, known)
  const before = known.get(name)
  let isLate = false
  const mine = (async () => {
    await before?.catch(() => {})
    if (isLate) throw lateTurn()
    return work()
  })()
  known.set(name, mine)
  const forget = () => {
    if (known.get(name) === mine) known.delete(name)
  }
  mine.then(forget, forget)
  if (!before) return mine
  try {
    await withLimit(
      before.catch(() => {}),
      limits.lock,
      lateTurn,
    )
  } catch (error) {
    isLate = true
    throw error
  }
  return mine
}

function lateTurn(): Error {
  return new Error('another event of the same payment has waited for its lock too long')
}
