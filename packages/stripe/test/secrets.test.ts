import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { createStripe, signWebhook } from '../src/index.ts'
import { answering, collect, makeEvent, makeIntent } from './helpers.ts'

const planted = {
  key: 'sk_test_plantedKey4f9a',
  webhook: 'whsec_plantedSecret4f9a',
  client: 'pi_planted_secret_4f9a',
  value: 'planted-value-4f9a',
  card: '4242424242424242',
}

function expectClean(thing: unknown): void {
  const texts = [String(thing), JSON.stringify(thing), inspect(thing, { depth: 9, showHidden: true })]
  if (thing instanceof Error) texts.push(thing.message, `${thing.stack}`, `${thing.cause}`)
  for (const text of texts) for (const secret of Object.values(planted)) expect(text).not.toContain(secret)
}

async function thrownBy(call: () => unknown): Promise<Error> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('it should have thrown')
}

const { value } = planted
const config = { secretKey: planted.key, webhookSecrets: planted.webhook }
const stripe = createStripe(config)
const error = {
  type: value,
  code: planted.key,
  decline_code: planted.client,
  message: `${value} ${planted.card}`,
}
const bad = [
  { currency: value },
  { amount: value },
  { amount_received: value },
  { id: value },
  { id: planted.client },
  { status: 'requires_capture', amount_capturable: value },
  { latest_charge: { amount_refunded: value } },
  { review: { open: value } },
  { latest_charge: { disputed: value } },
  { metadata: { order_id: { [value]: planted.card } } },
]

it('keeps every value and secret out of what a bad payload throws', async () => {
  for (const facts of bad) {
    const intent = makeIntent({ ...facts, client_secret: planted.client })
    const { stripe } = answering(() => intent, config)
    const delivery = await signWebhook(makeEvent('payment_intent.succeeded', intent), planted.webhook)
    expectClean(await thrownBy(() => stripe.readResponse(intent)))
    expectClean(await thrownBy(() => stripe.lookup('pi_madeHere')))
    expectClean(await thrownBy(() => stripe.readWebhook(delivery)))
  }
  expectClean(await thrownBy(() => stripe.readResponse({ error })))
  expectClean(await thrownBy(() => stripe.readResponse(value)))
})

it('keeps them out of what a bad webhook throws', async () => {
  const { webhook } = planted
  for (const body of [value, `{"${value}"`, makeEvent('charge.refunded', { payment_intent: value })]) {
    expectClean(await thrownBy(async () => stripe.readWebhook(await signWebhook(body, webhook))))
  }
  for (const header of [value, `t=${value},v1=${value}`, `t=1,v1=${webhook}`, '']) {
    const headers = { 'stripe-signature': header, authorization: planted.key }
    expectClean(await thrownBy(() => stripe.readWebhook({ rawBody: value, headers })))
  }
})

it('keeps them out of what bad input throws', async () => {
  for (const call of [
    () => createStripe({ secretKey: `pk_${value}` }),
    () => createStripe({ apiVersion: value }),
    () => createStripe({ referenceKey: `'${value}` }),
    () => createStripe({ baseUrl: `ftp://${value}:${planted.card}@x` }),
    () => stripe.lookup(planted.client),
    () => stripe.lookupByReference(`${value}'`),
    () => stripe.readReturn(`/r?payment_intent=${planted.client}`),
    () => stripe.readReturn(value),
    () => stripe.readClientResult({ paymentIntent: { id: planted.client } }),
    () => stripe.readClientResult({ paymentIntent: value }),
  ]) {
    expectClean(await thrownBy(call))
  }
})

it('keeps them out of what the network throws', async () => {
  const headers = { 'request-id': planted.card, 'www-authenticate': value }
  for (const status of [400, 401, 402, 403, 404, 429, 500]) {
    const { stripe } = answering(() => Response.json({ error }, { status, headers }), config)
    expectClean(await thrownBy(() => stripe.lookup('pi_1')))
    expectClean(await thrownBy(() => stripe.lookupByReference('order')))
    expectClean(await thrownBy(() => collect(stripe.list({ from: new Date(0), to: new Date() }))))
  }
  const broken = createStripe({
    ...config,
    retries: 0,
    fetch: async () => {
      throw new TypeError(`${value} ${planted.key}`, { cause: new Error(value) })
    },
  })
  expectClean(await thrownBy(() => broken.lookup('pi_1')))
  const { stripe: html } = answering(() => new Response(`<html>${value}`), config)
  expectClean(await thrownBy(() => html.lookup('pi_1')))
})

it('keeps the client secret out of every hint and report', async () => {
  const intent = makeIntent({
    client_secret: planted.client,
    status: 'requires_payment_method',
    amount_received: 0,
    last_payment_error: { ...error, code: planted.client, payment_intent: { client_secret: planted.client } },
  })
  const delivery = await signWebhook(makeEvent('payment_intent.payment_failed', intent), planted.webhook)
  const { stripe } = answering(() => intent, config)
  expectClean(await stripe.readResponse(intent))
  expectClean(await stripe.readWebhook(delivery))
  expectClean(await stripe.lookup('pi_madeHere'))
  expectClean(stripe.readClientResult({ paymentIntent: intent }))
  expectClean(stripe.readClientResult({ error: { payment_intent: intent, message: value } }))
  expectClean(stripe.readReturn(`/r?payment_intent=pi_1&payment_intent_client_secret=${planted.client}`))
  expectClean(stripe)
})
