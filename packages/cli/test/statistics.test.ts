import type { DayStatistics, Reconciliation } from '@payment-status/tracker'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { describeStatistics } from '../src/statistics.ts'
import { createDocument } from '../src/track/openapi.ts'

const quiet: DayStatistics = {
  payments: 0,
  statuses: {},
  paid: 0,
  notPaid: 0,
  volume: [],
  refusals: [],
  threeDSecure: { asked: 0, passed: 0, failed: 0, timedOut: 0, unfinished: 0 },
}
const busy: DayStatistics = {
  payments: 6,
  statuses: { captured: 3, failed: 1, processing: 1, authorized: 1 },
  paid: 3,
  notPaid: 1,
  successRate: 0.75,
  volume: [
    { currency: 'EUR', payments: 2, captured: 7500, refunded: 500, notStated: 1 },
    { currency: 'JPY', payments: 1, captured: 800, refunded: 0, notStated: 0 },
  ],
  refusals: [{ reason: 'insufficient_funds', count: 1 }],
  threeDSecure: { asked: 3, passed: 1, failed: 0, timedOut: 1, unfinished: 1, successRate: 0.5 },
}

it('a day is described in a few lines, each currency by itself', () => {
  expect(describeStatistics(busy)).toBe(`payments   6 made: 3 captured, 1 failed, 1 processing, 1 authorized
success    75.0 %: 3 of 4 ended payments were paid
volume     75.00 EUR captured, 5.00 EUR refunded (2 payments, 1 of them without all figures)
volume     800 JPY captured, 0 JPY refunded (1 payments)
declined   1 insufficient_funds
3-D Secure 50.0 % of ended authentications passed: 1 passed, 1 timed out, 1 unfinished
`)
})

it('a day without payments has no rates', () => {
  expect(describeStatistics(quiet)).toBe('payments   0 made\n')
})

it.each([quiet, busy])('the service describes it', (statistics) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(createDocument(), 'openapi.json')
  const validate = ajv.compile({ $ref: 'openapi.json#/components/schemas/Reconciliation' })
  const reconciliation: Reconciliation = {
    provider: 'stripe',
    day: '2026-11-20',
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-21T00:00:00.000Z',
    healed: 0,
    summary: {
      theirs: 6,
      ours: 6,
      same: 6,
      differences: { only_theirs: 0, only_ours: 0, differs: 0, unreadable: 0 },
      complete: true,
    },
    differences: [],
    unmatched: [],
    statistics,
  }
  expect(validate(reconciliation) ? [] : validate.errors).toEqual([])
})
