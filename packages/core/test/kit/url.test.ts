import { readName, readParameter, readQuery, toBaseUrl, toHttpUrl, toSecrets } from '@payment-status/core/kit'
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
    ['https:evil.test', 'https://evil.test/'],
    ['https:/\\evil.test', 'https://evil.test/'],
    ['https://shop.example\\@evil.test', 'https://shop.example/@evil.test'],
    [' https://bank.example/3ds\n', 'https://bank.example/3ds'],
    ['HTTPS://BANK.example', 'https://bank.example/'],
  ])('%j is handed on as a browser reads it: %s', (url, expected) => expect(toHttpUrl(url)).toBe(expected))

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

  it.each([7, true, {}, [7], [{}], ['a', ['b']]])(
    'secrets that are not strings are refused: %o',
    (secrets) => {
      expect(() => toSecrets(secrets as never, 'p')).toThrow(refused)
    },
  )

  it('a name is the configured one, else the usual one', () => {
    expect(readName({}, 'test-pay')).toBe('test-pay')
    expect(readName({ name: undefined }, 'test-pay')).toBe('test-pay')
    expect(readName<string>({ name: 'second-account' }, 'test-pay')).toBe('second-account')
  })

  it.each([
    null,
    undefined,
    'SECRET',
    7,
    { name: '' },
    { name: ' ' },
    { name: 7 },
    { name: null },
    { fetch: 'SECRET' },
    { clock: 7 },
  ])('a configuration that cannot work is refused: %o', (config) =>
    expect(() => readName(config as never, 'test-pay')).toThrow(refused),
  )

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
