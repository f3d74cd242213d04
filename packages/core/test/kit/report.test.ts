import { toRaw, toReport } from '@payment-status/core/kit'
import { describe, expect, it } from 'vitest'

describe('a report', () => {
  const payment = { provider: 'test-pay', id: 'pay_1', status: 'captured', facts: {} } as const
  const stated = { source: 'lookup', occurredAt: undefined, observedAt: '2026-03-02T10:16:00.000Z' } as const

  it('states its facts, and the object it was read from where that is kept', () => {
    const report = { evidence: 'report', source: 'lookup', payment, observedAt: stated.observedAt }
    expect(toReport(payment, stated, { id: 1 }, {})).toStrictEqual(report)
    expect(toReport(payment, stated, { id: 1 }, { keepRaw: true })).toStrictEqual({
      ...report,
      raw: { id: 1 },
    })
  })
})

describe("the provider's own object", () => {
  const body = { id: 'pay_1', source: { name: 'L L' }, gone: undefined }

  it('is kept where the configuration says so, and only there', () => {
    expect(toRaw(body, { keepRaw: true })).toEqual({ id: 'pay_1', source: { name: 'L L' } })
    expect(toRaw(body, { keepRaw: false })).toBe(undefined)
    expect(toRaw(body, {})).toBe(undefined)
    expect(toRaw(body, { keepRaw: 'yes' as unknown as boolean })).toBe(undefined)
  })

  it('is a copy: what becomes of the original does not change the report', () => {
    const original = { list: [1] }
    const kept = toRaw(original, { keepRaw: true })
    original.list.push(2)
    expect(kept).toEqual({ list: [1] })
  })

  it('is left out where no JSON can hold it', () => {
    const endless: Record<string, unknown> = {}
    endless.self = endless
    for (const value of [endless, 1n, undefined, () => 1])
      expect(toRaw(value, { keepRaw: true })).toBe(undefined)
  })
})
