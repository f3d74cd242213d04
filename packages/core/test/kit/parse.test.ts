import { isPaymentError } from '@payment-status/core'
import { omitUndefined, parse, parseJson } from '@payment-status/core/kit'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'

const context = { provider: 'test-pay', what: 'the answer' }
const schema = v.object({
  id: v.pipe(v.string(), v.regex(/^pay_/)),
  status: v.picklist(['S', 'F']),
  rows: v.optional(v.array(v.object({ amount: v.number() }))),
})

describe('parse', () => {
  it('gives what the schema names, and tolerates what it does not', () => {
    expect(parse(schema, { id: 'pay_1', status: 'S', extra: 1 }, context)).toEqual({
      id: 'pay_1',
      status: 'S',
    })
  })

  it('names the paths that are not as documented, and what was expected there', () => {
    expect(() => parse(schema, { id: 'pay_1', status: 'S', rows: [{ amount: '1' }] }, context)).toThrow(
      expect.objectContaining({
        code: 'invalid_payload',
        issues: [{ path: 'rows.0.amount', expected: 'number' }],
        message: '[test-pay] the answer is not as documented (expected rows.0.amount: number)',
      }),
    )
  })

  it('says so when it is not the thing at all', () => {
    for (const value of [null, undefined, 'SECRET', []]) {
      expect(() => parse(schema, value, context)).toThrow(/the whole: Object|id: /)
    }
  })

  it('repeats no value, whatever it is given', () => {
    const values = fc.record(
      {
        id: fc.constantFrom('SECRET', 7, null),
        status: fc.constantFrom('SECRET', {}),
        rows: fc.constantFrom('SECRET', [{ amount: 'SECRET' }]),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(values, (value) => {
        try {
          parse(schema, value, context)
        } catch (error) {
          if (!isPaymentError(error)) throw error
          expect(JSON.stringify([error, error.message, String(error.stack)])).not.toContain('SECRET')
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('parseJson', () => {
  it('parses JSON', () => expect(parseJson('{"a":1}', context)).toEqual({ a: 1 }))

  it('refuses anything else without repeating it', () => {
    for (const text of ['', 'SECRET', '{"card": SECRET', '<html>SECRET</html>']) {
      expect(() => parseJson(text, context)).toThrow(
        expect.objectContaining({ code: 'invalid_payload', message: '[test-pay] the answer is not JSON' }),
      )
    }
  })
})

it('stated leaves out what holds undefined, and nothing else', () => {
  expect(omitUndefined({ a: undefined, b: null, c: 0, d: '', e: false })).toStrictEqual({
    b: null,
    c: 0,
    d: '',
    e: false,
  })
})
