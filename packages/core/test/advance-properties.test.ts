import {
  advance,
  outcomeOf,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  statusTransitions,
} from '@payment-status/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { at, lookup, makePayment, webhook } from './make.ts'

type Figures = Pick<Payment, 'authorized' | 'captured' | 'refunded'>

/** True figures of a payment of 1000 at each status; parts grow with each operation. */
function figuresOf(status: PaymentStatus, step: number): Figures {
  const part = Math.min(900, 100 * (step + 1))
  if (status === 'authorized') return { authorized: 1000 }
  if (status === 'partially_captured') return { authorized: 1000, captured: part }
  if (status === 'captured') return { authorized: 1000, captured: 1000 }
  if (status === 'partially_refunded') return { authorized: 1000, captured: 1000, refunded: part }
  if (status === 'refunded') return { authorized: 1000, captured: 1000, refunded: 1000 }
  return {}
}

interface Moment {
  readonly time: number
  readonly payment: Partial<Payment>
}

/** A payment's life: a walk on the graph, at rising times, some of them equal. */
const anyHistory = fc
  .tuple(
    fc.constantFrom<PaymentStatus>(
      'open',
      'requires_action',
      'processing',
      'authorized',
      'captured',
      'failed',
    ),
    fc.array(fc.tuple(fc.nat(12), fc.nat(2)), { maxLength: 7 }),
  )
  .map(([start, turns]): readonly Moment[] => {
    const history: Moment[] = [{ time: 0, payment: { status: start, ...figuresOf(start, 0) } }]
    let status = start
    let time = 0
    for (const [index, [choice, pause]] of turns.entries()) {
      const ways = statusTransitions[status].filter((way) => way !== 'unknown')
      status = ways[choice % ways.length] ?? status
      time += pause * 10
      history.push({ time, payment: { status, ...figuresOf(status, index + 1) } })
    }
    return history
  })

/** Evidence on its way: its moment, its delay, what it states, and its source. */
const anyNews = fc.array(
  fc.record({
    moment: fc.nat(20),
    delay: fc.nat(120),
    dated: fc.boolean(),
    silent: fc.subarray(['authorized', 'captured', 'refunded', 'amount', 'reference'] as const),
    source: fc.constantFrom('webhook', 'webhook', 'lookup', 'garbled'),
  }),
  { maxLength: 14 },
)

function say(moment: Moment, silent: readonly (keyof Payment)[]): Partial<Payment> {
  const stated = makePayment(moment.payment)
  return Object.fromEntries(Object.entries(stated).filter(([key]) => !silent.includes(key as keyof Payment)))
}

const silence = { amount: undefined, reference: undefined } as unknown as Partial<Payment>

it('any order, repetition and loss of webhooks, then one lookup: it ends on the truth, and never went beyond it', () => {
  fc.assert(
    fc.property(anyHistory, anyNews, (history, news) => {
      const truthAt = (time: number) => history.findLast((moment) => moment.time <= time) ?? history[0]
      const deliveries = news
        .map(({ moment: index, delay, dated, silent, source }) => {
          const moment = history[index % history.length] as Moment
          const arrives = moment.time + delay
          const stated = { ...silence, ...say(moment, silent) }
          if (source === 'garbled') {
            return {
              arrives,
              report: webhook({ ...stated, status: 'unknown' }, dated ? moment.time : undefined, arrives),
            }
          }
          // An answer states the moment of its request, and can arrive late.
          if (source === 'lookup')
            return { arrives, report: lookup(truthAt(moment.time)?.payment ?? {}, moment.time) }
          return { arrives, report: webhook(stated, dated ? moment.time : undefined, arrives) }
        })
        .toSorted((a, b) => a.arrives - b.arrives)

      let current: PaymentReport | undefined
      for (const { arrives, report } of deliveries) {
        const was = current?.payment.status
        const step = advance(current, report)
        current = step.report
        const { status, captured, refunded } = current.payment
        const lived = history.filter(({ time }) => time <= arrives)
        if (status !== 'unknown') expect(lived.map((moment) => moment.payment.status)).toContain(status)
        expect(captured ?? 0).toBeLessThanOrEqual(
          Math.max(...lived.map(({ payment }) => payment.captured ?? 0)),
        )
        expect(refunded ?? 0).toBeLessThanOrEqual(
          Math.max(...lived.map(({ payment }) => payment.refunded ?? 0)),
        )
        // Late evidence takes no money back.
        if (was && outcomeOf(was) === 'paid') expect(outcomeOf(status)).toMatch(/paid|returned/)
        if (was === 'refunded') expect(status).toBe('refunded')
      }

      const truth = makePayment(history.at(-1)?.payment)
      const final = advance(current, lookup(truth, 10_000))
      const end = final.report
      expect(final.outcome).toMatch(/applied|corrected|repeated/)
      expect(end.payment).toMatchObject(truth)
    }),
    { numRuns: 5000 },
  )
})

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const anyReport = fc
  .record({
    source: fc.constantFrom('response', 'webhook', 'lookup', 'list'),
    status: fc.constantFrom(...paymentStatuses),
    occurred: maybe(fc.nat(3)),
    observed: fc.nat(3),
    amount: maybe(fc.record({ amount: fc.nat(2), currency: fc.constantFrom('EUR', 'USD') })),
    captured: maybe(fc.nat(2)),
    refunded: maybe(fc.nat(2)),
    decline: maybe(fc.constant({ reason: 'other', retry: 'never' })),
    action: maybe(fc.constantFrom({ kind: 'sdk' }, { kind: 'redirect', url: 'https://bank.example/' })),
    dispute: maybe(fc.record({ status: fc.constantFrom('won', 'lost'), id: maybe(fc.constant('dp_1')) })),
    updatedAt: maybe(fc.nat(3).map(at)),
    facts: fc.dictionary(fc.constantFrom('a', 'b'), fc.boolean()),
  })
  .map(({ source, occurred, observed, ...payment }) => {
    const report = {
      evidence: 'report',
      source,
      payment: { provider: 'test-pay', id: 'pay_1', ...payment },
      observedAt: at(observed),
      ...(source === 'lookup' || source === 'list' || occurred === undefined
        ? {}
        : { occurredAt: at(occurred) }),
    }
    return JSON.parse(JSON.stringify(report)) as PaymentReport
  })

it('advance twice with the same report is repeated, also when the first was stored as JSON', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 4 }), anyReport, (earlier, report) => {
      let current: PaymentReport | undefined
      for (const news of earlier) {
        current = advance(current, news).report
      }
      const first = advance(current, report)
      const again = advance(JSON.parse(JSON.stringify(first.report)), report)
      if (first.outcome === 'stale' || first.outcome === 'conflict') expect(again).toEqual(first)
      else expect(again).toMatchObject({ outcome: 'repeated', recheck: false })
    }),
    { numRuns: 5000 },
  )
})

it('whatever comes in, a paid payment is only un-paid by a lookup, and then it is called corrected', () => {
  fc.assert(
    fc.property(anyReport, anyReport, (current, incoming) => {
      const step = advance(current, incoming)
      if (outcomeOf(current.payment.status) !== 'paid') return
      if (/paid|returned/.test(outcomeOf(step.report.payment.status).replace('not_paid', ''))) return
      expect(step.outcome).toBe('corrected')
      expect(incoming.source).toMatch(/lookup|list/)
    }),
    { numRuns: 5000 },
  )
})

it('what is stored is never older than what was', () => {
  fc.assert(
    fc.property(anyReport, anyReport, (current, incoming) => {
      const step = advance(current, incoming)
      expect(step.report.observedAt >= current.observedAt).toBe(true)
      if (step.outcome === 'stale' || step.outcome === 'conflict') return
      expect(step.report.observedAt >= incoming.observedAt).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
