import type { IndependentOnerway, Order, Transaction } from './onerway.ts'
import type { World } from './world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Facts of a life that the shop knows before it begins. */
export interface Plan {
  readonly reference: string
  readonly amount: number
  readonly isAuth: boolean
  /** A voucher or a bank transfer: only a webhook states the result. */
  readonly isLocalMethod: boolean
}

/** The shop: it is called as an integration calls its own. */
export interface LifeOptions {
  readonly world: World
  readonly onerway: IndependentOnerway
  readonly integration: 'direct' | 'hosted'
  readonly random: () => number
  readonly plan: Plan
  /** Another payment for the same order was created, under a reference of its own. */
  readonly onCreated: (order: Order) => Promise<void>
  /** The shopper came back. */
  readonly onReturn: (url: string) => void
}

export function planLife(reference: string, random: () => number): Plan {
  const isAuth = random() < 0.35
  return {
    reference,
    amount: 1_000 + Math.floor(random() * 9_000),
    isAuth,
    isLocalMethod: !isAuth && random() < 0.18,
  }
}

/** Begins a random life of an order: everything in it is documented, in any order that the documentation allows. */
export async function live(options: LifeOptions): Promise<Order> {
  const { world, onerway, integration, random, plan, onCreated, onReturn } = options
  const chance = (share: number) => random() < share
  const between = (from: number, to: number) => from + random() * (to - from)
  const pick = <T>(...all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const goBack = (order: Order) => {
    if (chance(0.6)) onReturn(onerway.returnUrlOf(order, 'https://shop.example/return'))
  }

  function afterSuccess(order: Order): void {
    if (chance(0.15)) onerway.keepCard(order, pick('S', 'F'))
    if (order.isAuth) afterHold(order)
    else afterPaid(order)
  }

  function afterHold(order: Order): void {
    const next = random()
    if (next < 0.55) world.later(between(SECOND, 3 * DAY), () => captureWhole(order))
    else if (next < 0.8) world.later(between(MINUTE, 5 * DAY), () => void onerway.releaseHold(order, 'S'))
    else if (next < 0.9) {
      world.later(between(MINUTE, DAY), () => void onerway.releaseHold(order, pick('F', 'P')))
    }
  }

  function captureWhole(order: Order): void {
    const first = pick<'S' | 'S' | 'F' | 'P'>('S', 'S', 'S', 'F', 'P')
    const captured = onerway.capture(order, first)
    if (first === 'S') afterPaid(order)
    const again = () => {
      if (first === 'P') onerway.settle(order, captured, 'S')
      else onerway.capture(order, 'S')
      afterPaid(order)
    }
    if (first !== 'S' && chance(0.7)) world.later(between(MINUTE, 6 * HOUR), again)
  }

  function afterPaid(order: Order): void {
    const next = random()
    if (next < 0.45) refundParts(order)
    else if (next < 0.6) disputeIt(order)
    else if (next < 0.65) world.later(between(MINUTE, 2 * DAY), () => onerway.cancel(order))
  }

  function refundParts(order: Order): void {
    const parts = chance(0.5) ? [order.amount] : [Math.floor(order.amount / 2), Math.ceil(order.amount / 2)]
    let when = 0
    for (const part of chance(0.2) ? parts.slice(0, 1) : parts) {
      when += between(MINUTE, 3 * DAY)
      world.later(when, () => {
        const refunded = onerway.refund(order, part, pick('S', 'S', 'I'))
        if (refunded.status === 'I' && chance(0.85))
          world.later(between(MINUTE, 3 * DAY), () => onerway.endRefund(order, refunded, pick('S', 'F')))
      })
    }
  }

  function disputeIt(order: Order): void {
    if (chance(0.3)) world.later(between(HOUR, DAY), () => onerway.warn(order))
    let when = between(DAY, 4 * DAY)
    world.later(when, () => onerway.dispute(order, 'NEW'))
    for (const status of pick(['FA', 'FAS'], ['FAF'], ['ACCEPT'], [])) {
      when += between(HOUR, 2 * DAY)
      world.later(when, () => onerway.dispute(order, status))
    }
  }

  /** A voucher or a bank transfer: R, then P for days. */
  function waitForTransfer(order: Order, transaction: Transaction): void {
    world.later(between(MINUTE, HOUR), () => onerway.settle(order, transaction, 'P'))
    world.later(between(2 * HOUR, 4 * DAY), () => {
      const end = random()
      if (end < 0.6) {
        onerway.settle(order, transaction, 'S')
        if (chance(0.25)) world.later(between(MINUTE, HOUR), () => onerway.cancel(order))
        else afterPaid(order)
      } else if (end < 0.85) onerway.cancel(order)
    })
  }

  function challenge(order: Order, transaction: Transaction, onDecline: () => void): void {
    const end = random()
    if (end < 0.6)
      world.later(between(10 * SECOND, 10 * MINUTE), () => {
        onerway.settle(order, transaction, 'S')
        goBack(order)
        afterSuccess(order)
      })
    else if (end < 0.85)
      world.later(between(10 * SECOND, 15 * MINUTE), () => {
        onerway.settle(order, transaction, 'F', pick('40201', '40202', '40203'))
        goBack(order)
        onDecline()
      })
  }

  /** Direct: a declined payment is over. The shop may create another one, under another merchantTxnId. */
  async function payDirectly(order: Order, tries: number): Promise<void> {
    const retry = () => {
      if (tries > 2 || chance(0.6)) return
      world.later(between(20 * SECOND, 10 * MINUTE), async () => {
        const { amount, isAuth } = plan
        const next = onerway.create(`${plan.reference}-${tries + 1}`, amount, { isAuth })
        await payDirectly(next, tries + 1)
        await onCreated(next)
      })
    }
    const first = random()
    if (plan.isLocalMethod) waitForTransfer(order, onerway.attempt(order, 'R', { isLocalMethod: true }))
    else if (first < 0.5) {
      onerway.attempt(order, 'S')
      afterSuccess(order)
    } else if (first < 0.7) {
      onerway.attempt(order, 'F')
      if (chance(0.15)) onerway.keepCard(order, 'F')
      retry()
    } else if (first < 0.95) challenge(order, onerway.attempt(order, 'R'), retry)
    else onerway.attempt(order, 'P')
  }

  /** Hosted: on Onerway's page the shopper may try again, until a timeout closes the order. */
  function payOnPage(order: Order, tries: number): void {
    const closeLater = () => world.later(between(30 * MINUTE, DAY), () => onerway.close(order))
    if (tries === 0 && chance(0.15)) {
      if (chance(0.7)) closeLater()
      return
    }
    world.later(between(5 * SECOND, 3 * MINUTE), () => {
      const retry = () => {
        if (tries < 3 && chance(0.6)) payOnPage(order, tries + 1)
        else if (chance(0.6)) closeLater()
      }
      const next = random()
      if (plan.isLocalMethod) waitForTransfer(order, onerway.attempt(order, 'R', { isLocalMethod: true }))
      else if (next < 0.55) {
        onerway.attempt(order, 'S')
        goBack(order)
        afterSuccess(order)
      } else if (next < 0.8) {
        onerway.attempt(order, 'F')
        if (chance(0.2)) onerway.keepCard(order, pick('S', 'F'))
        goBack(order)
        retry()
      } else challenge(order, onerway.attempt(order, 'R'), retry)
    })
  }

  const order = onerway.create(plan.reference, plan.amount, { isAuth: plan.isAuth })
  if (integration === 'hosted') payOnPage(order, 0)
  else await payDirectly(order, 1)
  return order
}
