import {
  fromBase64,
  importRsaPublicKey,
  readCertificate,
  signRsaSha256,
  toBase64,
  verifyRsaSha256,
} from '@payment-status/core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const text = (value: string) => new TextEncoder().encode(value)

/** An element of DER. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part])
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Uint8Array.from([tag, ...length, ...content])
}

const pair = await crypto.subtle.generateKey(
  {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  true,
  ['sign', 'verify'],
)
const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))

const utc = (time: string) => der(0x17, text(time))
const generalized = (time: string) => der(0x18, text(time))
const version = der(0xa0, der(0x02, Uint8Array.of(2)))
const name = der(0x30, der(0x0c, text('Synthetic')))

function makePem(
  from: Uint8Array,
  to: Uint8Array,
  { isFirstVersion = false, key = spki as Uint8Array } = {},
): string {
  const serial = der(0x02, Uint8Array.of(1))
  const algorithm = der(0x30)
  const tbs = der(
    0x30,
    ...(isFirstVersion ? [] : [version]),
    serial,
    algorithm,
    name,
    der(0x30, from, to),
    name,
    key,
  )
  const lines = toBase64(der(0x30, tbs, algorithm, der(0x03, Uint8Array.of(0)))).match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

describe('a certificate', () => {
  it.each([
    ['until 2049', utc('200102030405Z'), '2020-01-02T03:04:05.000Z'],
    ['of 2049', utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    ['of the last century', utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    ['from 2050 on', generalized('21200101000000Z'), '2120-01-01T00:00:00.000Z'],
  ])('states a time %s', (_, time, wanted) => {
    for (const isFirstVersion of [false, true]) {
      const read = readCertificate(makePem(time, time, { isFirstVersion }))
      const moment = Date.parse(wanted)
      expect(read).toMatchObject({ notBefore: moment, notAfter: moment })
      expect(read?.spki).toEqual(spki)
    }
  })

  it('is the first of several, with lines of any kind of end', () => {
    const first = makePem(utc('200101000000Z'), utc('210101000000Z'))
    const second = makePem(utc('300101000000Z'), utc('310101000000Z'))
    expect(readCertificate(`${first}${second}`)?.notBefore).toBe(Date.parse('2020-01-01T00:00:00Z'))
    expect(readCertificate(`text before\r\n${first.replaceAll('\n', '\r\n')}`)?.spki).toEqual(spki)
  })

  it.each([
    ['no text', ''],
    ['another kind of text', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['no base64', '-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----'],
    ['no end', makePem(utc('200101000000Z'), utc('210101000000Z')).slice(0, 300)],
    ['a time of another form', makePem(utc('2001010000Z'), utc('210101000000Z'))],
    ['a day that does not exist', makePem(utc('201301000000Z'), utc('210101000000Z'))],
    ['a time in a text', makePem(der(0x0c, text('200101000000Z')), utc('210101000000Z'))],
    ['one time', makePem(utc('200101000000Z'), new Uint8Array())],
    ['no key', makePem(utc('200101000000Z'), utc('210101000000Z'), { key: new Uint8Array() })],
    [
      'a key that is not a sequence',
      makePem(utc('200101000000Z'), utc('210101000000Z'), { key: der(0x04, spki) }),
    ],
  ])('with %s is not read', (_, pem) => {
    expect(readCertificate(pem)).toBe(undefined)
  })

  it('is never an error, whatever its bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    const tampered = fc.tuple(fc.nat(), fc.nat(255)).map(([place, byte]) => {
      const [, base64 = ''] =
        /-----\n([^-]+)-----END/.exec(makePem(utc('200101000000Z'), utc('210101000000Z'))) ?? []
      const changed = fromBase64(base64.replaceAll('\n', '')) ?? new Uint8Array()
      changed[place % changed.length] = byte
      return changed
    })
    fc.assert(
      fc.property(fc.oneof(bytes, tampered), (content) => {
        const pem = `-----BEGIN CERTIFICATE-----\n${toBase64(content)}\n-----END CERTIFICATE-----`
        expect(() => readCertificate(pem)).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })
})

describe('RSA-SHA-256', () => {
  it('verifies what was signed with its key, and nothing else', async () => {
    const signature = toBase64(await signRsaSha256('a message ☃', pkcs8))
    const key = await importRsaPublicKey(spki)
    expect(await verifyRsaSha256('a message ☃', { key, signature })).toBe(true)
    expect(await verifyRsaSha256('a message', { key, signature })).toBe(false)
    for (const other of ['', 'AAAA', 'not base64!', signature.slice(0, -4), `${signature}AAAA`])
      expect(await verifyRsaSha256('a message ☃', { key, signature: other })).toBe(false)
  })

  it('takes no key of another kind', async () => {
    await expect(importRsaPublicKey(new Uint8Array([1, 2, 3]))).rejects.toThrow()
  })
})

describe('base64', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      }),
    )
  })

  it.each(['?', 'A', 'AA=A', 'AA==A', 'A===', 'AAA AAAA', '-_-_', 'é'])('does not read %s', (given) => {
    expect(fromBase64(given)).toBe(undefined)
  })
})
