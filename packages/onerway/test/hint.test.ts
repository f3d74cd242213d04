import { nextStep } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { describe, expect, it } from 'vitest'
import { makeId, merchantNo, secretKey } from './make.ts'

const config = { merchantNo, secretKey, environment: 'sandbox' } as const
const direct = createOnerway({ ...config, integration: 'direct' })
const hosted = createOnerway({ ...config, integration: 'hosted' })
const id = makeId(1)

describe('a browser result', () => {
  const make = (status: unknown, more: object = {}, respCode = '20000') => ({
    respCode,
    respMsg: 'Success',
    data: { transactionId: id, status, redirectUrl: null, ...more },
  })

  it.each([
    ['S', 'looks_paid'],
    ['F', 'looks_refused'],
    ['N', 'looks_refused'],
    ['P', 'looks_unfinished'],
    ['I', 'looks_unfinished'],
    ['U', 'looks_unfinished'],
    ['R', 'looks_unfinished'],
    ['Z', undefined],
    ['', undefined],
    [null, undefined],
    ['toString', undefined],
  ])('with %s %s', (status, appears) => {
    for (const onerway of [direct, hosted]) {
      const hint = onerway.readClientResult(make(status))
      expect(hint.appears).toBe(appears)
      expect(hint).toMatchObject({ evidence: 'hint', source: 'client', provider: 'onerway', key: { id } })
    }
  })

  it('with R redirects the shopper, and with any other word does not', () => {
    const redirectUrl = 'https://sandbox-3ds.onerway.com/step?x=1'
    const hint = direct.readClientResult(make('R', { redirectUrl }))
    expect(hint.action).toEqual({ kind: 'redirect', url: redirectUrl })
    expect(nextStep(hint)).toEqual({ kind: 'send_shopper', url: redirectUrl })
    for (const status of ['S', 'F', 'P', 'N', 'Z', null]) {
      expect(direct.readClientResult(make(status, { redirectUrl }))).not.toHaveProperty('action')
    }
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//elsewhere.example',
    '/path',
    'not a url',
    '',
  ])('never redirects to %s', (redirectUrl) => {
    const hint = direct.readClientResult(make('R', { redirectUrl }))
    expect(hint).not.toHaveProperty('action')
    expect(nextStep(hint)).toEqual({ kind: 'look_up', key: { id } })
  })

  it('with another respCode looks refused, whatever its status', () => {
    for (const respCode of ['40201', '70002', '11001', '', '200000']) {
      const hint = direct.readClientResult(make('S', { redirectUrl: 'https://a.example' }, respCode))
      expect(hint.appears).toBe('looks_refused')
      expect(hint).not.toHaveProperty('action')
      expect(hint.key).toEqual({ id })
    }
  })

  it('without data has no key: look up the id you stored', () => {
    for (const data of [null, undefined, {}, { transactionId: '' }, { transactionId: null }]) {
      expect(direct.readClientResult({ respCode: '40201', data })).toEqual({
        evidence: 'hint',
        provider: 'onerway',
        source: 'client',
        appears: 'looks_refused',
      })
    }
  })

  it.each([undefined, null, 7, 'S', [], {}, { respCode: 20000 }, { respCode: '20000', data: 'S' }])(
    'of another shape is invalid_payload: %j',
    (result) => {
      expect(() => direct.readClientResult(result)).toThrow(
        expect.objectContaining({ code: 'invalid_payload' }),
      )
    },
  )

  it('with an id that is not valid is rejected', () => {
    expect(() => direct.readClientResult(make('S', { transactionId: 7 }))).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
    expect(() => direct.readClientResult(make('S', { transactionId: '../../7' }))).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    )
  })
})

describe('a browser result of version 4', () => {
  it.each([
    ['S', 'looks_paid'],
    ['A', 'looks_paid'],
    ['P', 'looks_unfinished'],
    ['I', 'looks_unfinished'],
    ['R', 'looks_unfinished'],
    ['U', 'looks_unfinished'],
    ['O', 'looks_refused'],
    ['N', 'looks_refused'],
    ['F', undefined],
    [null, undefined],
  ])('with %s %s', (paymentStatus, appears) => {
    const result = { paymentId: id, paymentStatus, nextAction: null, reason: null, rawResult: {} }
    expect(hosted.readClientResult(result)).toEqual({
      evidence: 'hint',
      provider: 'onerway',
      source: 'client',
      key: { id },
      ...(appears ? { appears } : {}),
    })
  })

  it('has no key where a payment’s id is its transactionId', () => {
    expect(direct.readClientResult({ paymentId: id, paymentStatus: 'S' })).not.toHaveProperty('key')
  })

  it('sends the shopper on where it says how', () => {
    const redirectUrl = 'https://sandbox-3ds.onerway.com/step'
    const result = { paymentId: id, paymentStatus: 'R', nextAction: { redirectUrl } }
    expect(hosted.readClientResult(result).action).toEqual({ kind: 'redirect', url: redirectUrl })
    expect(hosted.readClientResult({ ...result, paymentStatus: 'S' })).not.toHaveProperty('action')
    for (const nextAction of [
      undefined,
      null,
      'redirect',
      { redirectUrl: 7 },
      { redirectUrl: 'javascript:x' },
    ]) {
      expect(hosted.readClientResult({ ...result, nextAction })).not.toHaveProperty('action')
    }
  })
})

describe('a return URL', () => {
  const base = 'https://shop.example/return'

  it.each([
    ['both', `?transactionId=${id}&merchantTxnId=order-1001&status=S`, { id }],
    ['a raw plus in its zone', `?txnTimeZone=+08:00&transactionId=${id}&status=S`, { id }],
    ['no transactionId', '?merchantTxnId=order-1001&status=S', { reference: 'order-1001' }],
    ['an empty transactionId', '?transactionId=&merchantTxnId=order-1001', { reference: 'order-1001' }],
    ['a reference that would ask for several, and an id', `?transactionId=${id}&merchantTxnId=a,b`, { id }],
    ['an encoded reference', '?merchantTxnId=Zo%C3%AB%20%2B%201', { reference: 'Zoë + 1' }],
    ['neither', '?status=S', undefined],
    ['nothing', '', undefined],
  ])('with %s is a key, whatever its status', (_, query, key) => {
    const wanted = { evidence: 'hint', provider: 'onerway', source: 'return_url', ...(key ? { key } : {}) }
    expect(direct.readReturn(base + query)).toEqual(wanted)
    // With hosted, the key states that the id is a transaction's: it is not asked for as a paymentId first.
    const hostedKey = key && 'id' in key ? { ...key, operations: [key] } : key
    expect(hosted.readReturn(new URL(base + query))).toEqual({
      ...wanted,
      ...(key ? { key: hostedKey } : {}),
    })
    if (query) expect(direct.readReturn(`/return${query}`)).toEqual(wanted)
  })

  it.each([
    ['?transactionId=../../etc'],
    ['?transactionId=123456789012345678901'],
    ['?transactionId=1&transactionId=2'],
    ['?transactionId=1%0A'],
    ['?merchantTxnId=a,b'],
    [`?merchantTxnId=${'x'.repeat(65)}`],
    ['?merchantTxnId=a%00b'],
  ])('that is invented is invalid_input: %s', (query) => {
    expect(() => direct.readReturn(base + query)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
