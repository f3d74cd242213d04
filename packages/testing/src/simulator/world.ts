import type { SimulatedPayment, SimulatedWorld } from '@payment-status/core/kit'

/** All payments of one provider, as they are and as they were. */
export interface World {
  add(payment: SimulatedPayment): void
  update(payment: SimulatedPayment): void
  get(id: string): SimulatedPayment | undefined
  all(): IterableIterator<SimulatedPayment>
  /** Returns the world as a query at `moment` saw it. */
  asOf(moment: number): SimulatedWorld
}

export function createWorld(): World {
  const byId = new Map<string, SimulatedPayment>()
  const idsByReference = new Map<string, string[]>()
  return {
    add(payment) {
      byId.set(payment.id, payment)
      idsByReference.set(payment.reference, [...(idsByReference.get(payment.reference) ?? []), payment.id])
    },
    update: (payment) => void byId.set(payment.id, payment),
    get: (id) => byId.get(id),
    all: () => byId.values(),
    asOf(moment) {
      const known = (payment: SimulatedPayment | undefined) => payment && asOf(payment, moment)
      return {
        now: () => new Date(moment),
        byId: (id) => known(byId.get(id)),
        byReference: (reference) =>
          (idsByReference.get(reference) ?? []).flatMap((id) => known(byId.get(id)) ?? []),
        createdWithin: (from, to) =>
          [...byId.values()]
            .filter(
              ({ createdAt }) =>
                Date.parse(createdAt) >= from.getTime() && Date.parse(createdAt) < to.getTime(),
            )
            .flatMap((payment) => known(payment) ?? []),
        touchedWithin(from, to) {
          const isWithin = (at: string) => Date.parse(at) >= from.getTime() && Date.parse(at) < to.getTime()
          const isTouched = ({ createdAt, steps }: SimulatedPayment) =>
            isWithin(createdAt) || steps.some(({ at }) => isWithin(at))
          return [...byId.values()].flatMap((payment) => {
            const then = known(payment)
            return then && isTouched(then) ? then : []
          })
        },
      }
    },
  }
}

/** A payment with what had happened by then; `undefined` before it began. */
export function asOf(payment: SimulatedPayment, moment: number): SimulatedPayment | undefined {
  const steps = payment.steps.filter(({ at }) => Date.parse(at) <= moment)
  return steps.length > 0 ? { ...payment, steps } : undefined
}
