import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createStripe, signWebhook } from '../src/index.ts'
import { makeEvent, makeIntent, webhookSecrets, withCode } from './helpers.ts'

const stripe = createStripe({ webhookSecrets })
const rawBody = makeEvent('payment_intent.succeeded', makeIntent())
const nowInSeconds = () => Math.floor(Date.now() / 1000)
const sign = (t: number | string, body: string | Uint8Array, secret = webhookSecrets) =>
  createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex')
const deliver = (header: string | undefined, body: string | Uint8Array = rawBody, config = {}) =>
  createStripe({ webhookSecrets, ...config }).readWebhook({
    rawBody: body,
    headers: { 'Stripe-Signature': header },
  })
const refused = withCode('invalid_signature')

describe('the signature', () => {
  it('is the one Stripe makes of this body', async () => {
    const body = JSON.stringify({ id: 'evt_test_webhook', object: 'event' }, null, 2)
    const { headers } = await signWebhook(body, 'whsec_test_secret', { timestamp: 1_700_000_000 })
    expect(headers).toMatchObject({
      'stripe-signature': 't=1700000000,v1=4f1cd7feda9826e746b7d482c4badebb657398df1099e1046364f6196a230150',
    })
  })

  it('holds for a string and for its bytes', async () => {
    const body = makeEvent('payment_intent.succeeded', makeIntent({ description: 'Ærlig talt, 謝謝 🎉' }))
    const bytes = new TextEncoder().encode(body)
    for (const signed of [body, bytes]) {
      const { headers } = await signWebhook(signed, webhookSecrets)
      for (const sent of [body, bytes, Buffer.from(body)]) {
        expect(await stripe.readWebhook({ rawBody: sent, headers })).toMatchObject({ kind: 'payment' })
      }
    }
  })

  it('is found under any case, in Headers and in a list', async () => {
    const { headers } = await signWebhook(rawBody, webhookSecrets)
    const value = new Headers(headers as Record<string, string>).get('stripe-signature') as string
    for (const given of [new Headers({ 'Stripe-Signature': value }), { 'STRIPE-SIGNATURE': [value] }]) {
      expect(await stripe.readWebhook({ rawBody, headers: given })).toMatchObject({ kind: 'payment' })
    }
  })

  it('is as old as the configured clock says', async () => {
    const { headers } = await signWebhook(rawBody, webhookSecrets, { timestamp: 1_772_446_560 })
    const readAt = (seconds: number) =>
      createStripe({ webhookSecrets, clock: () => (1_772_446_560 + seconds) * 1000 }).readWebhook({
        rawBody,
        headers,
      })
    expect(await readAt(300)).toMatchObject({ report: { observedAt: '2026-03-02T10:21:00.000Z' } })
    expect(await readAt(-300)).toMatchObject({ report: { observedAt: '2026-03-02T10:11:00.000Z' } })
    await expect(readAt(301)).rejects.toMatchObject(refused)
    await expect(readAt(-301)).rejects.toMatchObject(refused)
  })

  it('may be any v1, of any secret', async () => {
    const t = nowInSeconds()
    const good = sign(t, rawBody, 'whsec_new')
    const config = { webhookSecrets: ['whsec_old', '', 'whsec_new'] }
    for (const header of [
      `t=${t},v1=${'0'.repeat(64)},v1=${good}`,
      `t=${t},v1=${good},v1=short`,
      `v1=${good},t=${t}`,
      `t=${t},v0=${sign(t, 'other')},v1=${good},junk,=,a=b=c`,
      ` t=${t} , v1=${good} `,
      `t=${t},v1=${good},t=${t}`,
    ]) {
      expect(await deliver(header, rawBody, config)).toMatchObject({ kind: 'payment' })
    }
    await expect(deliver(`t=${t},v1=${good}`)).rejects.toMatchObject(refused)
  })

  it.each([
    undefined,
    '',
    'junk',
    'v1=GOOD',
    't=NOW',
    't=NOW,v0=GOOD',
    't=NOW,v1=',
    't=NOW,V1=GOOD',
    't=NOW,v1=UPPER',
    't=,v1=GOOD',
    't=soon,v1=GOOD',
    't=NaN,v1=GOOD',
    't=-NOW,v1=GOOD',
    't=NOW.0,v1=GOOD',
    't=0xNOW,v1=GOOD',
    't=NOW,t=1,v1=GOOD',
    't=9NOW,v1=GOOD',
    't=NOW,v1=GOODGOOD',
  ])('refuses the header %j', async (template) => {
    const t = nowInSeconds()
    const good = sign(t, rawBody)
    const header = template
      ?.replaceAll('NOW', `${t}`)
      .replaceAll('GOOD', good)
      .replaceAll('UPPER', good.toUpperCase())
    await expect(deliver(header)).rejects.toMatchObject(refused)
  })

  it('refuses a time that is not a number, however well it is signed', async () => {
    for (const t of ['', 'NaN', 'Infinity', '1e9', `${nowInSeconds()}.5`, '-1', `${nowInSeconds()}000`]) {
      await expect(deliver(`t=${t},v1=${sign(t, rawBody)}`)).rejects.toMatchObject(refused)
    }
  })

  it('refuses every body with one bit flipped', async () => {
    const body = makeEvent('payment_intent.succeeded', { id: 'pi_1' })
    const { headers } = await signWebhook(body, webhookSecrets)
    for (let bit = 0; bit < body.length * 8; bit++) {
      const bytes = new TextEncoder().encode(body)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expect(stripe.readWebhook({ rawBody: bytes, headers })).rejects.toMatchObject(refused)
    }
  })

  it('verifies before it parses', async () => {
    await expect(deliver(`t=${nowInSeconds()},v1=${'0'.repeat(64)}`, '{')).rejects.toMatchObject(refused)
  })

  it.each([
    [{}, -300, true],
    [{}, -310, false],
    [{}, 290, true],
    [{}, 310, false],
    [{ toleranceSeconds: 0 }, 0, true],
    [{ toleranceSeconds: 0 }, -3, false],
    [{ toleranceSeconds: 0 }, 60, true],
    [{ toleranceSeconds: 0 }, 310, false],
    [{ toleranceSeconds: 10 }, -13, false],
    [{ toleranceSeconds: 3600 }, -3590, true],
    [{ toleranceSeconds: 3600 }, 3590, true],
    [{ toleranceSeconds: Number.POSITIVE_INFINITY }, -1e9, true],
  ])('with %o, signed %i s from now, is accepted: %s', async (config, seconds, accepted) => {
    const attempt = async () => {
      const timestamp = nowInSeconds() + seconds
      const delivery = await signWebhook(rawBody, webhookSecrets, { timestamp })
      return createStripe({ webhookSecrets, ...config }).readWebhook(delivery)
    }
    // At the very edge a second may pass between signing and reading.
    if (accepted) await expect(attempt().catch(attempt)).resolves.toMatchObject({ kind: 'payment' })
    else await expect(attempt()).rejects.toMatchObject(refused)
  })

  it.each<readonly [string, string | undefined, string]>([
    ['no header', undefined, 'the webhook has no Stripe-Signature header'],
    ['no time', 'v1=GOOD', 'the Stripe-Signature header is not as documented (expected t=…,v1=…)'],
    ['no v1', 't=NOW', 'the Stripe-Signature header is not as documented (expected t=…,v1=…)'],
    [
      'two times',
      't=NOW,t=1,v1=GOOD',
      'the Stripe-Signature header is not as documented (expected t=…,v1=…)',
    ],
    ['a wrong one', 't=NOW,v1=00', 'the webhook does not verify with any of webhookSecrets'],
    ['an old one', 't=OLD,v1=OLDGOOD', 'the signature is older than toleranceSeconds'],
    [
      'one from the future',
      't=AHEAD,v1=AHEADGOOD',
      'the signature is from the future. Check the clock of this machine',
    ],
  ])('states why it is refused: %s', async (_, template, why) => {
    const [now, old, ahead] = [0, -1000, 1000].map((distance) => nowInSeconds() + distance)
    const header = template
      ?.replace('OLDGOOD', sign(`${old}`, rawBody))
      .replace('AHEADGOOD', sign(`${ahead}`, rawBody))
      .replace('GOOD', sign(`${now}`, rawBody))
      .replace('OLD', `${old}`)
      .replace('AHEAD', `${ahead}`)
      .replace('NOW', `${now}`)
    await expect(deliver(header)).rejects.toMatchObject({
      code: 'invalid_signature',
      provider: 'stripe',
      message: `[stripe] ${why}`,
    })
  })

  it('is of now where no time is given, in whole seconds, and sent with JSON', async () => {
    const before = nowInSeconds()
    const { headers } = await signWebhook(rawBody, webhookSecrets)
    const { 'stripe-signature': header = '', ...others } = headers as Record<string, string>
    const time = Number(/^t=(\d+),v1=[0-9a-f]{64}$/.exec(header)?.[1])
    expect(time - before).toBeGreaterThanOrEqual(0)
    expect(time - before).toBeLessThan(60)
    expect(others).toEqual({ 'content-type': 'application/json' })
    expect(await signWebhook(rawBody, webhookSecrets, { timestamp: 1_700_000_000.9 })).toEqual(
      await signWebhook(rawBody, webhookSecrets, { timestamp: 1_700_000_000 }),
    )
  })

  it('cannot be verified without a secret', async () => {
    const delivery = await signWebhook(rawBody, webhookSecrets)
    for (const none of [undefined, '', [], ['']]) {
      const unconfigured = createStripe({ webhookSecrets: none })
      await expect(unconfigured.readWebhook(delivery)).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('[stripe] webhookSecrets is missing. Set it to'),
      })
    }
  })

  it('cannot be verified on a parsed body', async () => {
    const { headers } = await signWebhook(rawBody, webhookSecrets)
    const parsed = { rawBody: JSON.parse(rawBody), headers }
    await expect(stripe.readWebhook(parsed)).rejects.toMatchObject(withCode('invalid_input'))
  })
})
