import { blocksDelivery, outcomeOf, type PaymentReport, type PaymentStatus } from '@payment-status/core'
import type { Simulator } from '@payment-status/testing'
import type { PlayedOrder } from './play.ts'

/** Content that the shop and the tracker have stored, read at the end. */
export interface Stored {
  /** Delivered changes, oldest first. */
  readonly changes: readonly {
    readonly key: string
    readonly order_id: string
    readonly step: string | null
    readonly report: PaymentReport
  }[]
  readonly orders: readonly {
    readonly id: string
    readonly delivered: number
    readonly to_investigate: string | null
  }[]
  readonly disputes: readonly { readonly order_id: string | null }[]
  readonly payments: readonly {
    readonly provider: string
    readonly id: string
    readonly order_id: string | null
    readonly report: PaymentReport
    readonly is_unmatched: boolean
  }[]
  /** Rechecks that no answer has ended. */
  readonly rechecks: readonly string[]
}

/** Statements that read it, by the member. */
export const statements: Readonly<Record<Exclude<keyof Stored, 'rechecks'>, string>> & {
  readonly rechecks: string
} = {
  changes: 'select key, order_id, step, report from shop_news order by number',
  orders: 'select id, delivered, to_investigate from shop_orders',
  disputes: 'select order_id from shop_disputes',
  payments:
    'select provider, id, order_id, report, unmatched_since is not null as is_unmatched from payment_status.payments',
  rechecks: `select provider || ' ' || kind || ' ' || value as recheck from payment_status.targets where recheck is not null`,
}

/** Failures of orders, by kind. Every list must stay empty. */
export interface OrderFailures {
  /** Recorded something else than the truth, or for another order. */
  readonly wrongAtTheEnd: string[]
  /** Paid and undisputed, and never fulfilled. */
  readonly neverDelivered: string[]
  readonly deliveredTwice: string[]
  /** Fulfilled without a payment of its own that took the money. */
  readonly falselyDelivered: string[]
  /** Fulfilled under a dispute or a conflict, or next to another paid payment. */
  readonly deliveredBlocked: string[]
  /** Fulfilled, and then given a step that only an unpaid order may have. */
  readonly undonePaid: string[]
  /** A new payment was requested, or the order given up, next to a payment that may still take the money. */
  readonly askedTooSoon: string[]
  /** Paid twice, and no person was asked. */
  readonly paidTwiceUnnoticed: string[]
  /** A dispute whose webhook was acknowledged, and that reached no order. */
  readonly lostDisputes: string[]
  /** Money of others that was not reported as unmatched, or money of an order that was. */
  readonly wronglyMatched: string[]
  readonly rechecksLeft: string[]
}

const ofUnpaid = ['stop', 'ask_again', 'send_shopper', 'show_shopper', 'wait', 'capture', 'complete']
const beforeMoney = ['stop', 'ask_again', 'send_shopper', 'show_shopper']

/** Compares what is stored with the simulator's truth. The rules are written from the promises, not from the code. */
export function judge(
  played: readonly PlayedOrder[],
  simulator: Simulator,
  canLookUp: (provider: string) => boolean,
  stored: Stored,
): OrderFailures {
  const failures: OrderFailures = {
    wrongAtTheEnd: [],
    neverDelivered: [],
    deliveredTwice: [],
    falselyDelivered: [],
    deliveredBlocked: [],
    undonePaid: [],
    askedTooSoon: [],
    paidTwiceUnnoticed: [],
    lostDisputes: [],
    wronglyMatched: [],
    rechecksLeft: [...stored.rechecks],
  }
  const recorded = new Map(stored.payments.map((row) => [`${row.provider}/${row.id}`, row]))
  const orders = new Map(stored.orders.map((row) => [row.id, row]))
  const payments = groupBy(simulator.payments(), ({ reference }) => reference)
  const changes = groupBy(stored.changes, ({ order_id }) => order_id)
  const disputed = new Set(stored.disputes.map(({ order_id }) => order_id))
  const acknowledged = acknowledgedSteps(simulator)
  const announced = new Set(
    simulator.deliveries().map(({ provider, paymentId }) => `${provider}/${paymentId}`),
  )

  for (const one of played) {
    const all = payments.get(one.reference) ?? []
    const own = all.filter(({ provider, id }) => !one.foreign.has(`${provider}/${id}`))
    const name = (what: string) => `${one.order} (${one.plan}): ${what}`
    let taken = 0
    let kept = 0
    let paid = 0
    let isClear = true
    for (const { provider, id, steps } of own) {
      const key = `${provider}/${id}`
      const truth = simulator.truth(provider, id)
      const row = recorded.get(key)
      const payment = row?.report.payment
      // Without a lookup and without a webhook, nothing states that the payment exists.
      if (!row && !canLookUp(provider) && !announced.has(key)) continue
      const isSame =
        payment?.status === truth?.status &&
        (payment?.captured ?? truth?.captured) === truth?.captured &&
        (payment?.refunded ?? truth?.refunded) === truth?.refunded
      if (!isSame || row?.order_id !== one.order)
        failures.wrongAtTheEnd.push(
          name(`${key} recorded ${payment?.status} of ${row?.order_id}, is ${truth?.status}`),
        )
      if (row?.is_unmatched) failures.wronglyMatched.push(name(`${key} is reported as unmatched`))
      taken += truth?.captured ?? 0
      kept += (truth?.captured ?? 0) - (truth?.refunded ?? 0)
      if (truth && truth.captured > 0 && truth.refunded === 0) paid++
      const kinds = steps.map(({ kind }) => kind)
      if (kinds.some((kind) => ['disputed', 'refund_started', 'refunded'].includes(kind))) isClear = false
      for (const step of steps) {
        if (step.kind !== 'disputed' || !acknowledged.has(`${key}#${step.number}`)) continue
        if (!disputed.has(one.order) || payment?.dispute === undefined) failures.lostDisputes.push(name(key))
      }
    }
    for (const key of one.foreign) {
      const row = recorded.get(key)
      if (row && !one.isShared && (row.order_id !== null || !row.is_unmatched))
        failures.wronglyMatched.push(name(`${key} of others is not unmatched`))
    }
    const order = orders.get(one.order)
    const delivered = order?.delivered ?? 0
    if (delivered > 1) failures.deliveredTwice.push(name(`${delivered} times`))
    if (delivered > 0 && taken < one.amount) failures.falselyDelivered.push(name(`${taken} of ${one.amount}`))
    const isPaid = one.isSplit ? kept === one.amount : paid === 1 && kept === one.amount
    if (isPaid && isClear && !one.isShared && delivered !== 1) failures.neverDelivered.push(name('paid'))
    if (!one.isSplit && paid > 1 && order?.to_investigate == null)
      failures.paidTwiceUnnoticed.push(name('paid twice'))
    judgeSteps(one, changes.get(one.order) ?? [], failures, name)
  }
  return failures
}

/** Follows the delivered changes of an order: after each, the reports so far are what the tracker had recorded. */
function judgeSteps(
  { isSplit }: PlayedOrder,
  changes: Stored['changes'],
  failures: OrderFailures,
  name: (what: string) => string,
): void {
  const reports = new Map<string, PaymentReport>()
  let isFulfilled = false
  for (const { key, step, report } of changes) {
    const own = key.slice(0, key.lastIndexOf('/'))
    reports.set(own, report)
    const others = [...reports].filter(([other]) => other !== own).map(([, other]) => other.payment)
    if (step === null) continue
    const mayTake = others.filter(({ status }) => mayTakeMoney(status, isSplit))
    if (isFulfilled && ofUnpaid.includes(step)) failures.undonePaid.push(name(`${step} with ${key}`))
    if (!isFulfilled && beforeMoney.includes(step) && mayTake.length > 0)
      failures.askedTooSoon.push(name(`${step} with ${key} while another is ${mayTake[0]?.status}`))
    if (step !== 'fulfill') continue
    isFulfilled = true
    const { dispute, conflict } = report.payment
    const isTwice = !isSplit && others.some(({ status }) => outcomeOf(status) === 'paid')
    if ((dispute && blocksDelivery(dispute)) || conflict || isTwice) failures.deliveredBlocked.push(name(key))
  }
}

/** A payment that took the money, or may without the shopper. Parts of a split order leave something to pay. */
function mayTakeMoney(status: PaymentStatus, isSplit: boolean): boolean {
  const outcome = outcomeOf(status)
  if (status === 'processing' || outcome === 'unclear') return true
  return !isSplit && (outcome === 'paid' || outcome === 'held')
}

/** The steps of payments whose whole webhooks were acknowledged, as `provider/id#step`. */
function acknowledgedSteps(simulator: Simulator): ReadonlySet<string> {
  return new Set(
    simulator
      .deliveries()
      .filter(({ status, faults }) => status === 200 && !faults.includes('unknownWord'))
      .map(({ provider, paymentId, step }) => `${provider}/${paymentId}#${step}`),
  )
}

function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? []
    group.push(row)
    groups.set(keyOf(row), group)
  }
  return groups
}
