import { readParameter, readQuery, toBaseUrl, toHttpUrl, toSecrets } from '@payment-status/core/kit'
import { describe, expect, it } from 'vitest'

const refused = expect.objectContaining({
  code: 'invalid_input',
  message: expect.not.stringContaining('SECRET'),
})

describe('the query of a return URL', () => {
  it.each([
    'https://shop.example/return?id=pay_1#top',
    new URL('https://shop.example/return?id=pay_1'),
    '/return?id=pay_1',
    '?id=pay_1',
    '//odd?id=pay_1',
  ])('is read from %s', (url) => expect(readQuery(url, 'test-pay').get('id')).toBe('pay_1'))

  it.each(['SECRET', '', 'return?id=SECRET', 'http://', undefined, null, {}, 7])(
    'is not read from %j',
    (url) => {
      expect(() => readQuery(url as string, 'test-pay')).toThrow(refused)
    },
  )
})

describe('a parameter that names a payment', () => {
  const read = (query: string) => readParameter(new URLSearchParams(query), 'id', /^pay_\w+$/, 'test-pay')

  it('is its one value', () => {
    expect(read('id=pay_1')).toBe('pay_1')
    expect(read('id=pay_1&id=pay_1')).toBe('pay_1')
    expect(read('id=&id=pay_1')).toBe('pay_1')
  })

  it('is absent when it is not there, or empty', () => {
    expect(read('')).toBeUndefined()
    expect(read('id=')).toBeUndefined()
  })

  it.each(['id=SECRET', 'id=pay_1&id=pay_2', 'id=pay_1%0A', 'id=pay_1/../x'])('is refused: %s', (query) => {
    expect(() => read(query)).toThrow(refused)
  })
})

describe('a URL a shopper may be sent to', () => {
  it.each(['https://bank.example/3ds?a=b', 'http://localhost:3000/'])('%s', (url) =>
    expect(toHttpUrl(url)).toBe(url),
  )

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://a.example/',
    '/relative',
    'no',
    '',
    null,
    undefined,
  ])('is not %j', (url) => expect(toHttpUrl(url)).toBeUndefined())
})

describe('configuration', () => {
  it('secrets are a list, without the ones that are not set', () => {
    expect(toSecrets('a', 'p')).toEqual(['a'])
    expect(toSecrets(['a', '', undefined, 'b'], 'p')).toEqual(['a', 'b'])
    expect(toSecrets('', 'p')).toEqual([])
    expect(toSecrets(undefined, 'p')).toEqual([])
  })

  it('a base URL loses its trailing slash', () => {
    expect(toBaseUrl('https://api.example/', 'test-pay')).toBe('https://api.example')
    expect(toBaseUrl('http://127.0.0.1:8080/v1//', 'test-pay')).toBe('http://127.0.0.1:8080/v1')
  })

  it.each([
    'api.example',
    'ftp://api.example',
    'https://user:SECRET@api.example',
    'https://api.example?key=SECRET',
    'https://api.example/#SECRET',
    '',
  ])('a base URL is refused: %j', (url) => expect(() => toBaseUrl(url, 'test-pay')).toThrow(refused))
})
