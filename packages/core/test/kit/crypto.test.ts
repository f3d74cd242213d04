import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as node from '../../src/kit/crypto-node.ts'
import * as web from '../../src/kit/crypto-web.ts'

const implementations = [
  ['node', node],
  ['web', web],
] as const

it.each(implementations)(
  '%s: SHA-256 and HMAC-SHA-256 give the published digests, in lower-case hex',
  async (_, own) => {
    // FIPS 180-2, and RFC 4231's test case 2.
    expect(await own.sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(await own.hmacSha256Hex('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  },
)

it.each(implementations)('%s: strings and their bytes are one message', async (_, own) => {
  const bytes = new TextEncoder().encode('¥余')
  expect(await own.sha256Hex('¥余')).toBe(await own.sha256Hex(bytes))
  expect(await own.hmacSha256Hex('k', '¥余')).toBe(await own.hmacSha256Hex('k', bytes))
  expect(await own.sha256Hex(Buffer.from('xabc').subarray(1))).toBe(await own.sha256Hex('abc'))
})

it.each(implementations)('%s: only equal strings are equal', async (_, own) => {
  expect(await own.timingSafeEqual('abc', 'abc')).toBe(true)
  expect(await own.timingSafeEqual('', '')).toBe(true)
  for (const other of ['abd', 'ab', 'abcd', 'ABC', '', 'xbc'])
    expect(await own.timingSafeEqual('abc', other)).toBe(false)
})

it.each(implementations)('%s: a message in parts is the message they make together', async (_, own) => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1 }),
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()), { maxLength: 4 }),
      async (key, parts) => {
        const whole = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
        const signature = await own.hmacSha256Hex(key, whole)
        expect(await own.hmacSha256Hex(key, parts)).toBe(signature)
        expect(await own.verifyHmacSha256(parts, { keys: ['other', key], signatures: ['', signature] })).toBe(
          true,
        )
        expect(await own.verifyHmacSha256(parts, { keys: ['other'], signatures: [signature] })).toBe(
          key === 'other',
        )
      },
    ),
    { numRuns: 100 },
  )
})

it.each(implementations)(
  '%s: only the whole signature is one, right after a right one too',
  async (_, own) => {
    const right = await own.hmacSha256Hex('key', 'message')
    const isSignature = (signature: string) =>
      own.verifyHmacSha256('message', { keys: ['key'], signatures: [signature] })
    const likeIt = Array.from(right, (character, index) => [
      // A character that ends in the same byte, one that is two bytes, and half of a pair.
      ...[String.fromCharCode(character.charCodeAt(0) + 0x100), 'é', '\ud800', '\0', 'g'].map(
        (other) => right.slice(0, index) + other + right.slice(index + 1),
      ),
      right.slice(0, index),
    ]).flat()
    for (const signature of [...likeIt, `${right}0`, ` ${right}`, right.toUpperCase()]) {
      expect(await isSignature(right)).toBe(true)
      expect(await isSignature(signature)).toBe(false)
    }
  },
)

it.each(implementations)('%s: however many secrets there are, each signs as itself', async (_, own) => {
  const secrets = Array.from({ length: 250 }, (_, index) => `secret ${index}`)
  const first = await Promise.all(secrets.map((secret) => own.hmacSha256Hex(secret, 'message')))
  expect(new Set(first).size).toBe(secrets.length)
  expect(await Promise.all(secrets.map((secret) => own.hmacSha256Hex(secret, 'message')))).toEqual(first)
})

it('node: what is no message rejects and does not throw, with the module loaded or not', async () => {
  await expect(node.hmacSha256Hex('k', 1 as never)).rejects.toThrow()
  await expect(node.sha256Hex(1 as never)).rejects.toThrow()
})

it('both give the same digests for anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1 }),
      fc.oneof(fc.string(), fc.uint8Array()),
      async (key, message) => {
        expect(await web.sha256Hex(message)).toBe(await node.sha256Hex(message))
        expect(await web.hmacSha256Hex(key, message)).toBe(await node.hmacSha256Hex(key, message))
      },
    ),
    { numRuns: 500 },
  )
})

describe.each(implementations)('%s: a key of bytes and a digest in base64', (_, own) => {
  const key = Uint8Array.from(
    Buffer.from('44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056', 'hex'),
  )
  const message = '7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true'
  // Adyen's page on HMAC signatures.
  const signature = 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0='

  it('give the published signature, and only that one is accepted', async () => {
    expect(await own.hmacSha256Base64(key, message)).toBe(signature)
    const verify = (signatures: readonly string[], keys = [key]) =>
      own.verifyHmacSha256(message, { keys, signatures, encoding: 'base64' })
    expect(await verify([signature])).toBe(true)
    expect(await verify(['', signature])).toBe(true)
    for (const other of ['', signature.slice(0, -1), `${signature} `, signature.toLowerCase()])
      expect(await verify([other])).toBe(false)
    expect(await verify([signature], [key.slice(1)])).toBe(false)
    expect(await own.verifyHmacSha256(message, { keys: [key], signatures: [signature] })).toBe(false)
  })

  it('belong to the same bytes as a key of text', async () => {
    const text = new TextEncoder().encode('Jefe')
    expect(await own.hmacSha256Hex(text, message)).toBe(await own.hmacSha256Hex('Jefe', message))
  })
})
