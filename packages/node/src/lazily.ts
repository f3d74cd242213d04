/** How a lazy object answers for members of its own, from what it is made of. Methods are answered with a function. */
export type OwnMembers<Real, Parts> = { readonly [Name in keyof Real]?: (parts: Parts) => Real[Name] }

const kept = Symbol('kept')

interface Lazy<Parts> {
  readonly [kept]: Parts
}

/**
 * Makes objects that have every member of a platform's class, given its `prototype`, and are instances of it. What is in `own`
 * is answered there; for all the rest `toReal` makes a real one, and should make it once.
 */
export function createLazily<Real extends object, Parts>(
  prototype: Real,
  toReal: (parts: Parts) => Real,
  own: OwnMembers<Real, Parts>,
): (parts: Parts) => Real {
  const lazy = Object.create(prototype)
  for (const name of Reflect.ownKeys(prototype) as (keyof Real)[]) {
    if (name === 'constructor' || name === Symbol.toStringTag) continue
    const answer = own[name] ?? ((parts: Parts) => askReal(toReal(parts), name))
    Object.defineProperty(lazy, name, {
      get(this: Lazy<Parts>) {
        return answer(this[kept])
      },
    })
  }
  return (parts) => {
    const made = Object.create(lazy)
    made[kept] = parts
    return made
  }
}

function askReal<Real extends object>(real: Real, name: keyof Real): unknown {
  const member = real[name]
  return typeof member === 'function' ? member.bind(real) : member
}
