import { createCheckoutCom, signWebhook } from '@payment-status/checkout-com'
import type { WebhookDelivery } from '@payment-status/core'
import { describe, expect, it } from 'vitest'
import { paymentId, webhookSecret } from './make.ts'

const checkout = createCheckoutCom({ webhookSecrets: webhookSecret })
const body = JSON.stringify({
  id: 'evt_1',
  type: 'payment_approved',
  data: { id: paymentId, reference: 'Zoë ☕' },
})

async function signatureOf(rawBody: string, secret = webhookSecret): Promise<string> {
  const { headers } = await signWebhook(rawBody, secret)
  return String((headers as Record<string, string>)['cko-signature'])
}

function deliver(signature: string | undefined, rawBody: WebhookDelivery['rawBody'] = body): WebhookDelivery {
  return { rawBody, headers: { 'Cko-Signature': signature } }
}

const refused = { code: 'invalid_signature', retryable: false }

describe("a webhook's signature", () => {
  it('is the published vector', async () => {
    const secret = '8V8x0dLK%AyD*DNS8JJr'
    const rawBody = '{"id":"evt_test","type":"payment_approved"}'
    const wanted = '19ee582913dd32eab733d3392ec8df719558f43caa4c2ff2af7869a46b521e3b'
    expect(await signatureOf(rawBody, secret)).toBe(wanted)
    const reading = createCheckoutCom({ webhookSecrets: secret }).readWebhook(deliver(wanted, rawBody))
    // It verifies, and only then is found to lack its data.
    await expect(reading).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('holds for text and for bytes', async () => {
    const signature = await signatureOf(body)
    const bytes = new TextEncoder().encode(body)
    for (const rawBody of [body, bytes, Buffer.from(bytes)]) {
      const event = await checkout.readWebhook(deliver(signature, rawBody))
      expect(event.kind === 'payment' && event.report.payment.reference).toBe('Zoë ☕')
    }
  })

  it.each([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['another account’s', () => 'a'.repeat(64)],
    ['truncated', (signature: string) => signature.slice(0, -1)],
    ['half', (signature: string) => signature.slice(0, 32)],
    ['padded with white space', (signature: string) => `${signature} `],
    ['padded with a digit', (signature: string) => `${signature}0`],
    ['padded with zeros in front', (signature: string) => `00${signature}`],
    ['upper-cased', (signature: string) => signature.toUpperCase()],
    ['there twice', (signature: string) => `${signature}, ${signature}`],
    [
      'with one digit changed',
      (signature: string) => `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`,
    ],
    ['prefixed', (signature: string) => `sha256=${signature}`],
    ['not ASCII', (signature: string) => `${signature.slice(0, -1)}é`],
  ])('that is %s is refused', async (_, change) => {
    const delivery = deliver(change(await signatureOf(body)))
    await expect(checkout.readWebhook(delivery)).rejects.toMatchObject(refused)
  })

  it('is sent with JSON, in the header it is looked for', async () => {
    const signature = await signatureOf(body)
    expect(await signWebhook(body, webhookSecret)).toEqual({
      rawBody: body,
      headers: { 'content-type': 'application/json', 'cko-signature': signature },
    })
  })

  it('that is missing has another message than one that is wrong', async () => {
    const missing = { message: '[checkout-com] the webhook has no Cko-Signature header' }
    await expect(checkout.readWebhook(deliver(undefined))).rejects.toMatchObject(missing)
    const wrong = { message: '[checkout-com] the webhook does not verify with any configured secret' }
    await expect(checkout.readWebhook(deliver('a'.repeat(64)))).rejects.toMatchObject(wrong)
  })

  it('is refused for every single bit of the body that is flipped', async () => {
    const signature = await signatureOf(body)
    const bytes = new TextEncoder().encode(body)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expect(checkout.readWebhook(deliver(signature, flipped))).rejects.toMatchObject(refused)
    }
  })

  it('is refused for the same JSON written otherwise', async () => {
    const signature = await signatureOf(body)
    for (const other of [
      `${body}\n`,
      ` ${body}`,
      `\ufeff${body}`,
      JSON.stringify(JSON.parse(body), null, 2),
      '',
    ]) {
      await expect(checkout.readWebhook(deliver(signature, other))).rejects.toMatchObject(refused)
    }
  })

  it('cannot be checked on a parsed body', async () => {
    const { headers } = await signWebhook(body, webhookSecret)
    for (const reader of [checkout, createCheckoutCom({})]) {
      await expect(reader.readWebhook({ rawBody: JSON.parse(body), headers })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('rawBody'),
      })
    }
  })

  it('is refused before anything is parsed', async () => {
    await expect(checkout.readWebhook(deliver('a'.repeat(64), 'not JSON'))).rejects.toMatchObject(refused)
  })

  it('of malformed JSON holds, and the JSON is invalid_payload', async () => {
    for (const malformed of [
      '',
      'not JSON',
      '{"id":',
      '[]',
      'null',
      '7',
      '{"id":7,"type":"payment_approved"}',
      '{}',
    ]) {
      const reading = checkout.readWebhook(await signWebhook(malformed, webhookSecret))
      await expect(reading).rejects.toMatchObject({ code: 'invalid_payload' })
    }
    const notText = await signWebhook(new Uint8Array([0xff, 0xfe]), webhookSecret)
    await expect(checkout.readWebhook(notText)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('holds with any of several secrets, whatever form an account gives them', async () => {
    const secrets = ['the-old-one', webhookSecret, 'Bearer sk_sbox_madeherethisisnotarealkey22']
    const rotating = createCheckoutCom({ webhookSecrets: secrets })
    for (const secret of secrets) {
      expect((await rotating.readWebhook(await signWebhook(body, secret))).kind).toBe('payment')
    }
    const stranger = await signWebhook(body, 'a stranger’s')
    await expect(rotating.readWebhook(stranger)).rejects.toMatchObject(refused)
  })

  it('is not looked at where no secret is configured, or an empty one', async () => {
    const signedWithNothing = await signWebhook(body, '')
    for (const webhookSecrets of [undefined, '', [], ['']]) {
      const unready = createCheckoutCom({ webhookSecrets, webhookAuthorization: 'anything' })
      await expect(unready.readWebhook(signedWithNothing)).rejects.toMatchObject({
        code: 'invalid_input',
        message:
          "[checkout-com] `webhookSecrets` is missing. Set CKO_WEBHOOK_SECRET to the signature key of the workflow's webhook action",
      })
    }
    // Nor does the secret key stand in for one unasked: that is the previous platform's habit, and has to be said.
    const keyOnly = createCheckoutCom({ secretKey: 'sk_sbox_madeherethisisnotarealkey22' })
    await expect(keyOnly.readWebhook(signedWithNothing)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('the Authorization header of a webhook', () => {
  const strict = createCheckoutCom({ webhookSecrets: webhookSecret, webhookAuthorization: 'Basic c2hvcA==' })

  async function withAuthorization(authorization: string | undefined): Promise<WebhookDelivery> {
    return { rawBody: body, headers: { 'cko-signature': await signatureOf(body), authorization } }
  }

  it('is checked with the signature where one is configured', async () => {
    expect((await strict.readWebhook(await withAuthorization('Basic c2hvcA=='))).kind).toBe('payment')
    for (const wrong of [undefined, '', 'Basic', 'Basic c2hvcA=', 'basic c2hvcA==']) {
      await expect(strict.readWebhook(await withAuthorization(wrong))).rejects.toMatchObject(refused)
    }
  })

  it('does not stand in for the signature', async () => {
    const unsigned = { rawBody: body, headers: { authorization: 'Basic c2hvcA==' } }
    await expect(strict.readWebhook(unsigned)).rejects.toMatchObject(refused)
  })

  it('is not looked at where none is configured', async () => {
    expect((await checkout.readWebhook(await withAuthorization('Basic whatever'))).kind).toBe('payment')
  })
})
