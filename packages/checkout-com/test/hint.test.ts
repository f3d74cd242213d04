import { createCheckoutCom } from '@payment-status/checkout-com'
import { describe, expect, it } from 'vitest'
import { makeId, paymentId, sessionId } from './make.ts'

const checkout = createCheckoutCom()
const invalidInput = expect.objectContaining({ code: 'invalid_input' })

describe('a return URL', () => {
  const hint = { evidence: 'hint', provider: 'checkout-com', source: 'return_url' }

  it.each([
    ['without 3-D Secure', `https://shop.example/return?cko-payment-id=${paymentId}`, paymentId],
    ['with 3-D Secure', `https://shop.example/return?cko-session-id=${sessionId}`, sessionId],
    [
      'with the shop’s own parameters',
      `https://shop.example/r?a=1&cko-session-id=${sessionId}&id=pay_x`,
      sessionId,
    ],
    [
      'with both',
      `https://shop.example/r?cko-session-id=${sessionId}&cko-payment-id=${paymentId}`,
      paymentId,
    ],
    ['as a path', `/result?cko-payment-id=${paymentId}`, paymentId],
    ['as a query', `?cko-payment-id=${paymentId}`, paymentId],
    ['with the same id twice', `/r?cko-payment-id=${paymentId}&cko-payment-id=${paymentId}`, paymentId],
    ['with an empty one too', `/r?cko-payment-id=&cko-payment-id=${paymentId}`, paymentId],
    ['with a fragment', `/r?cko-payment-id=${paymentId}#cko-payment-id=${makeId(1)}`, paymentId],
  ])('%s yields a key and nothing more', (_, url, id) => {
    expect(checkout.readReturn(url)).toEqual({ ...hint, key: { id } })
  })

  it('is read as a URL object too', () => {
    const url = new URL(`https://shop.example/return?cko-payment-id=${paymentId}`)
    expect(checkout.readReturn(url)).toEqual({ ...hint, key: { id: paymentId } })
  })

  it.each([
    'https://shop.example/return',
    '/return',
    '/r?cko-payment-id=',
    '/r?CKO-PAYMENT-ID=x',
    '/r?status=Captured',
  ])('%s yields no key', (url) => {
    expect(checkout.readReturn(url)).toEqual(hint)
  })

  it('says nothing of a status, whatever it carries', () => {
    const url = `/return?cko-payment-id=${paymentId}&status=Captured&approved=true`
    expect(checkout.readReturn(url)).toEqual({ ...hint, key: { id: paymentId } })
  })

  it.each([
    ['another id', 'cko-payment-id=src_madeherefortestsonly222222'],
    ['a path for an id', 'cko-payment-id=../../disputes'],
    ['an id and a path', `cko-payment-id=${paymentId}/../x`],
    ['an id and a line break', `cko-payment-id=${paymentId}%0A`],
    ['an id and a NUL', `cko-session-id=${sessionId}%00`],
    ['an id with a script', 'cko-session-id=<script>alert(1)</script>'],
    ['two ids under one name', `cko-payment-id=${paymentId}&cko-payment-id=${makeId(1)}`],
    ['bytes that are not UTF-8', 'cko-payment-id=%ff'],
  ])('with %s is refused', (_, query) => {
    expect(() => checkout.readReturn(`https://shop.example/return?${query}`)).toThrow(invalidInput)
  })

  it.each(['', 'shop.example/return', 'http://', undefined, null, 7, {}])('that is %j is refused', (url) => {
    expect(() => checkout.readReturn(url as string)).toThrow(invalidInput)
  })
})

describe('a browser result', () => {
  const hint = { evidence: 'hint', provider: 'checkout-com', source: 'client' }

  it.each([
    ['Approved', 'looks_paid'],
    ['Authorized', 'looks_paid'],
    ['Captured', 'looks_paid'],
    ['Partially Captured', 'looks_paid'],
    ['Card Verified', 'looks_paid'],
    ['Declined', 'looks_refused'],
    ['Canceled', 'looks_refused'],
    ['Expired', 'looks_refused'],
    ['Pending', 'looks_unfinished'],
    ['Requested', 'looks_unfinished'],
    ['Retry Scheduled', 'looks_unfinished'],
    ['Authentication Requested', 'looks_unfinished'],
    ['Voided', undefined],
    ['Refunded', undefined],
    ['Partially Refunded', undefined],
    ['Paid', undefined],
    ['Returned', undefined],
    ['Active', undefined],
    ['Teleported', undefined],
    [null, undefined],
  ])('that says %s looks %s, and no more than that', (status, appears) => {
    const wanted = { ...hint, key: { id: paymentId }, ...(appears ? { appears } : {}) }
    expect(checkout.readClientResult({ id: paymentId, status, approved: true })).toEqual(wanted)
  })

  it('without an id yields no key', () => {
    for (const id of [undefined, null, '']) expect(checkout.readClientResult({ id })).toEqual(hint)
  })

  it('hands on a redirect to http(s), and to nothing else', () => {
    const read = (href: unknown) => checkout.readClientResult({ _links: { redirect: { href } } }).action
    expect(read('https://3ds.example/a?b=c')).toEqual({ kind: 'redirect', url: 'https://3ds.example/a?b=c' })
    expect(read('http://127.0.0.1:3000/')).toEqual({ kind: 'redirect', url: 'http://127.0.0.1:3000/' })
    const others = [
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      ' javascript:alert(1)',
      'java\nscript:alert(1)',
    ]
    const more = [
      'data:text/html,x',
      'file:///etc/passwd',
      'vbscript:x',
      '//3ds.example',
      '/path',
      'text',
      '',
      null,
    ]
    for (const href of [...others, ...more]) expect(read(href)).toBe(undefined)
  })

  it.each([
    undefined,
    null,
    'Captured',
    7,
    { id: 7 },
    { status: true },
    { _links: { redirect: 'https://a.example' } },
  ])('that is %j is refused', (result) => {
    expect(() => checkout.readClientResult(result)).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
  })

  it.each(['../..', 'src_madeherefortestsonly222222', `${paymentId}\n`, `${paymentId}/..`])(
    'with an id like %j is refused',
    (id) => {
      expect(() => checkout.readClientResult({ id, status: 'Captured' })).toThrow(invalidInput)
    },
  )
})
