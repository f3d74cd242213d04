import { explain } from '@payment-status/cli/explain'
import { outcomeOf, type PaymentProvider, type ProviderOptions } from '@payment-status/core'
import type { PaymentFixture, ProviderFixtures } from '@payment-status/core/kit'
import { createOnerway } from '@payment-status/onerway'
import { onerwayFixtures, onerwayHostedFixtures } from '@payment-status/onerway/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { describe, expect, it } from 'vitest'
import { providers } from '../../../tools/providers.ts'

interface Shop {
  readonly title: string
  readonly fixtures: ProviderFixtures
  readonly create: (options: ProviderOptions) => PaymentProvider
  readonly integration?: 'hosted'
}

const shops: readonly Shop[] = [
  ...providers.map(({ title, fixtures, create }) => ({ title, fixtures, create })),
  {
    title: 'Onerway, hosted',
    fixtures: onerwayHostedFixtures,
    create: (options) =>
      createOnerway({
        ...onerwayHostedFixtures.secrets,
        environment: 'sandbox',
        integration: 'hosted',
        ...options,
      }),
    integration: 'hosted',
  },
]

const cases = shops.flatMap((shop) =>
  shop.fixtures.payments.map((fixture) => [`${shop.title}: ${fixture.title}`, shop, fixture] as const),
)
const having = (member: keyof PaymentFixture) =>
  cases.filter(([, , fixture]) => fixture[member] !== undefined)

const textOf = (body: string | Uint8Array) =>
  typeof body === 'string' ? body : new TextDecoder().decode(body)

describe('every fixture is explained', () => {
  it.each(having('response'))(
    'the answer to a create call. %s',
    async (_, shop, { response, status, id }) => {
      const { integration } = shop
      const explanation = await explain(JSON.stringify(response?.body), {
        integration,
        sent: response?.sent as Record<string, unknown> | undefined,
      })
      expect(explanation).toMatchObject({
        provider: shop.fixtures.provider,
        evidence: 'report',
        status,
        payment: { id },
      })
      expect(explanation.lines).toHaveLength(5)
      // The same, with what was sent in one file.
      expect(await explain(JSON.stringify(response), { integration })).toMatchObject({ status })
    },
  )

  it.each(having('webhook'))(
    'a webhook without its headers. %s',
    async (_, shop, { webhook, status, id }) => {
      const { integration } = shop
      const delivery = await webhook?.()
      const body = textOf(delivery?.rawBody ?? '')
      const explanation = await explain(body, { integration })
      expect(explanation).toMatchObject({
        provider: shop.fixtures.provider,
        source: 'webhook',
        evidence: 'unverified',
        signature: 'not_checked',
      })
      expect(explanation.lines.join('\n')).toContain('signature not checked')
      if (explanation.event?.kind === 'payment')
        expect(explanation).toMatchObject({ status, payment: { id } })
      else expect(explanation.event?.kind).toMatch(/^(recheck|dispute|unrelated)$/)
    },
  )

  it.each(having('webhook'))(
    'a webhook with its headers. %s',
    async (_, { create, fixtures, integration }, { webhook }) => {
      // Some signatures are verified with a certificate, which is requested.
      const provider = create({
        fetch: async (input, init) =>
          (await fixtures.respond?.(new Request(input, init))) ?? new Response(null, { status: 404 }),
      })
      const delivery = await webhook?.()
      const headers = Object.entries(delivery?.headers ?? {}).map(([name, value]) => `${name}: ${value}`)
      const message = ['POST /webhooks HTTP/1.1', ...headers, '', textOf(delivery?.rawBody ?? '')].join(
        '\r\n',
      )
      const options = { providers: [provider], integration }
      expect(await explain(message, options)).toMatchObject({ signature: 'valid', evidence: 'report' })
      const forged = message.replace(/("(?:id|transactionId)":\s*"\w+)/, '$1x')
      if (provider.name !== 'onerway')
        expect(await explain(forged, options)).toMatchObject({ signature: 'invalid', evidence: 'unverified' })
    },
  )

  it.each(having('clientResult'))(
    'a browser result. %s',
    async (_, { fixtures }, { clientResult, response }) => {
      const explanation = await explain(JSON.stringify(clientResult), { sent: response?.sent as never })
      expect(explanation.provider).toBe(fixtures.provider)
      // Some browser results are the answer of the create call, byte by byte.
      const isAnswer = explanation.evidence === 'report'
      expect(isAnswer ? explanation.source : explanation.evidence).toBe(isAnswer ? 'response' : 'hint')
    },
  )

  it.each(having('returnUrl'))('a return URL. %s', async (_, { fixtures, create }, { returnUrl = '' }) => {
    const explanation = await explain(returnUrl)
    expect(explanation).toMatchObject({ provider: fixtures.provider, source: 'return_url', evidence: 'hint' })
    // A URL does not state the integration, and with hosted the key says that its id is a transaction's.
    expect(create({}).readReturn(returnUrl)).toMatchObject(explanation.hint as object)
    expect(explanation).not.toHaveProperty('status')
    expect(await explain(new URL(returnUrl).search)).toMatchObject({ hint: explanation.hint })
  })
})

/** Records the bodies that a provider's query API returns. */
async function record(
  { fixtures }: Shop,
  ask: (fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>) => Promise<unknown>,
): Promise<string[]> {
  const bodies: string[] = []
  await ask(async (input, init) => {
    const answer = await fixtures.respond?.(new Request(input, init))
    if (!answer) throw new TypeError('these fixtures answer no query')
    bodies.push(await answer.clone().text())
    return answer
  })
  return bodies
}

const isAsked = ({ create }: Shop) => create({}).answers?.lookup !== 'none'

describe('what the query APIs answer is explained', () => {
  it.each(cases.filter(([, shop]) => isAsked(shop)))('a lookup. %s', async (_, shop, { id, status }) => {
    const bodies = await record(shop, async (fetch) => {
      const { payment } = await shop.create({ fetch }).lookup(id)
      expect(payment.status).toBe(status)
    })
    const rows = bodies
      .map((body) => JSON.parse(body))
      .filter(({ data }) => data?.content?.[0]?.transactionId)
    // Onerway answers a lookup with rows; all rows of the payment on one page are the payment.
    const body =
      shop.fixtures.provider === 'onerway'
        ? JSON.stringify({ ...rows[0], data: { content: rows.flatMap(({ data }) => data.content) } })
        : bodies.find((text) => text.includes(`"${id}"`))
    const explanation = await explain(body ?? '', { integration: shop.integration })
    const payment = explanation.payment ?? explanation.payments?.find((one) => one.id === id)
    expect(payment?.id).toBe(id)
    // Where a lookup takes several answers, one of them states less.
    const isWhole = bodies.filter((text) => text.includes(`"${id}"`)).length === 1
    if (isWhole || rows.length > 0) expect(payment?.status).toBe(status)
    expect(explanation.lines).toHaveLength(5)
  })

  // A page of PayPal's list holds movements of money, and none of the payments they belong to.
  const listed = shops.filter((shop) => isAsked(shop) && shop.fixtures.provider !== 'paypal')
  it.each(listed.map((shop) => [shop.title, shop] as const))('a page of a list. %s', async (_, shop) => {
    const bodies = await record(shop, async (fetch) => {
      const range = { from: new Date('2000-01-01'), to: new Date('2030-01-01') }
      // Windows of 90 days are many; the first that holds something is enough.
      for await (const _report of shop.create({ fetch }).list(range)) break
    })
    const page = bodies.find((body) => body.length > 500) ?? ''
    const explanation = await explain(page, { integration: shop.integration })
    expect(explanation).toMatchObject({ provider: shop.fixtures.provider, source: 'list' })
    expect(explanation.payments?.length).toBeGreaterThan(1)
    for (const { id, status } of explanation.payments ?? []) {
      const known = shop.fixtures.payments.find((fixture) => fixture.id === id)
      if (!known || known.status === 'unknown') continue
      // A row states less than a lookup, and never makes an unpaid payment a paid one.
      const isPaid = ['paid', 'returned'].includes(outcomeOf(known.status))
      expect([id, outcomeOf(status) === 'paid' && !isPaid]).toEqual([id, false])
    }
  })
})

describe('what cannot be explained', () => {
  it.each([
    ['{\n  "id": "pay_1",\n  "amount": 12,,\n}', 'line 3, column 16'],
    ['{"id": "pay_1", "amount": 1', 'line 1, column 28'],
    ['{"id": "pay_1", "amount": 1\n', 'line '],
    ['hello', 'line 1, column 1'],
    ["{'id': 1}", 'line 1, column 2'],
    ['http://', 'line 1, column 1'],
  ])('%j says where it breaks', async (text, place) => {
    await expect(explain(text)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(place),
    })
  })

  it.each([
    ['{}', 'invalid_payload'],
    ['[]', 'invalid_payload'],
    ['"pay_1"', 'invalid_payload'],
    ['null', 'invalid_payload'],
    ['{"id":"x","hello":"world"}', 'invalid_payload'],
    ['{"data":[1,2]}', 'invalid_payload'],
    ['{"error":{"message":"x"}}', 'invalid_payload'],
    ['{"content":[{"name":"x"}]}', 'invalid_payload'],
    ['https://shop.example/return?order=1', 'invalid_payload'],
    [`https://shop.example/?cko-payment-id=${'a'.repeat(20_000)}`, 'invalid_input'],
    ['https://shop.example/return?cko-payment-id=1234', 'invalid_input'],
    ['{"id":"pay_123","amount":1,"status":"Captured"}', 'invalid_payload'],
    ['{"object":"payment_intent","id":"pi_1"}', 'invalid_payload'],
    ['{"respCode":"20000","data":{"transactionId":"1","sign":"x","status":5}}', 'invalid_payload'],
    ['', 'invalid_input'],
    [' \n', 'invalid_input'],
  ])('%j is an error, not a guess', async (text, code) => {
    await expect(explain(text)).rejects.toMatchObject({ name: 'PaymentError', code })
  })

  it('no error repeats what was pasted', async () => {
    for (const text of [
      '{"secret":"sk_live_abc"',
      '{"id":"pay_sk_live_abc","status":"Captured","amount":1}',
    ]) {
      const error = await explain(text).catch((reason: Error) => reason)
      expect(String(error)).not.toContain('sk_live')
    }
  })
})

describe('what is no payment says what it is', () => {
  it.each([
    [
      '{"request_id":"1","error_type":"request_invalid","error_codes":["amount_required"]}',
      'amount_required',
    ],
    ['{"error":{"type":"invalid_request_error","code":"resource_missing"}}', 'resource_missing'],
    ['{"respCode":"30001","respMsg":"x"}', '30001'],
    ['{"object":"customer","id":"cus_1"}', 'a customer'],
    ['{"respCode":"20000","data":{"content":[{"paymentId":"1234","paymentStatus":"S"}]}}', 'payment 1234'],
    ['{"id":"ps_2bPk","payment_session_token":"x"}', 'session'],
    [
      '{"id":"hpp_2bPk","_links":{"redirect":{"href":"https://pay.example/hpp_2bPk"}}}',
      'hosted payments page',
    ],
    ['{"id":"pl_2bPk","_links":{"redirect":{"href":"https://pay.example/pl_2bPk"}}}', 'payment link'],
    ['{"id":"hpp_2bPk","status":"Payment Received","payment_id":"pay_2bPk"}', 'payment pay_2bPk'],
  ])('%j', async (text, words) => {
    const { lines, status, ...rest } = await explain(text)
    expect(status).toBeUndefined()
    expect(rest).not.toHaveProperty('payment')
    expect(lines.join('\n')).toContain(words)
  })

  it.each([
    '{"object":"charge","id":"ch_1","status":"succeeded","payment_intent":"pi_123"}',
    '{"object":"checkout.session","id":"cs_1","payment_status":"paid","payment_intent":{"id":"pi_123"}}',
  ])('%s leads to its PaymentIntent, and is neither a payment nor a browser result', async (text) => {
    const { key, status, hint, lines } = await explain(text)
    expect([key, status, hint]).toEqual([{ id: 'pi_123' }, undefined, undefined])
    expect(lines.join('\n')).toContain('not a PaymentIntent')
    expect(lines.join('\n')).not.toContain('browser')
  })

  it.each([
    [
      '{"action_id":"act_y3oqhf46pyzuxjbcn2giaqnb44","reference":"o-1","_links":{"payment":{"href":"https://api.checkout.com/payments/pay_y3oqhf46pyzuxjbcn2giaqnb44"}}}',
      undefined,
      { id: 'pay_y3oqhf46pyzuxjbcn2giaqnb44' },
    ],
    [
      '{"respCode":"20000","respMsg":"Success","data":"1919652333131005952"}',
      undefined,
      { id: '1919652333131005952' },
    ],
    [
      '{"respCode":"20000","data":{"transactionId":"1919652333131005952","status":"S"}}',
      { txnType: 'CAPTURE' },
      { id: '1919652333131005952' },
    ],
    [
      '{"object":"refund","id":"re_1","status":"succeeded","payment_intent":"pi_123"}',
      undefined,
      { id: 'pi_123' },
    ],
  ])('%s answers an operation: it has a key and no status', async (text, sent, key) => {
    const explanation = await explain(text, { sent })
    expect(explanation).toMatchObject({ source: 'response', key })
    expect(explanation).not.toHaveProperty('status')
    expect(explanation.lines.join('\n')).toContain('it states the operation, not the payment')
  })

  it('an event in an Amazon EventBridge envelope is unverified, with or without a secret', async () => {
    const stripe = shops.find(({ title }) => title === 'Stripe')
    const fixture = stripeFixtures.payments.find(({ webhook, status }) => webhook && status === 'captured')
    const detail = JSON.parse(textOf((await fixture?.webhook?.())?.rawBody ?? ''))
    const envelope = {
      version: '0',
      'detail-type': detail.type,
      source: 'aws.partner/stripe.com/ed_test_1',
      detail,
    }
    for (const configured of [undefined, stripe && [stripe.create({})]]) {
      const explanation = await explain(JSON.stringify(envelope), {
        providers: configured,
        headers: { 'stripe-signature': 't=1,v1=x' },
      })
      expect(explanation).toMatchObject({
        provider: 'stripe',
        source: 'webhook',
        evidence: 'unverified',
        signature: 'not_checked',
        status: 'captured',
      })
      expect(explanation.lines[3]).toContain('EventBridge')
    }
  })

  it('a list of other objects is named by their kind, not as an empty list of payments', async () => {
    const row = { id: 'ch_1', object: 'charge', status: 'succeeded', payment_intent: 'pi_123' }
    const charges = await explain(JSON.stringify({ object: 'list', data: [row] }))
    expect(charges).not.toHaveProperty('payments')
    expect(charges.lines.join('\n')).toContain('a list of charge objects, not of PaymentIntents')
    const events = await explain(JSON.stringify({ object: 'list', data: [{ id: 'evt_1', object: 'event' }] }))
    expect(events.lines[0]).toContain('event objects')
    const broken = { id: 'pi_123', object: 'payment_intent', status: 'succeeded', amount: 'all of it' }
    const unread = await explain(JSON.stringify({ object: 'list', data: [broken] }))
    expect(unread.lines[1]).toBe('no payments that could be read')
    expect((await explain('{"object":"list","data":[]}')).lines[1]).toBe('no payments')
  })

  it('an answer of Onerway without what was sent is not called paid', async () => {
    const paid = onerwayFixtures.payments.find(({ status, response }) => status === 'captured' && response)
    const { status, lines } = await explain(JSON.stringify(paid?.response?.body))
    expect(status).toBe('unknown')
    expect(lines.join('\n')).toContain('captured of SALE, authorized of AUTH')
  })

  const event = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    created: 1,
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: 'pi_123',
        object: 'payment_intent',
        status: 'requires_action',
        amount: 5,
        currency: 'eur',
      },
    },
  })
  const headers = { 'Stripe-Signature': 't=1,v1=00' }

  it.each<[string, string]>([
    ['after other text', `2026-11-30T10:00:00Z INFO received body=${event}`],
    ['before other text', `${event} from 192.0.2.1`],
    ['as a JSON string', JSON.stringify(event)],
    ['as the message of a record', JSON.stringify({ level: 'info', message: `received ${event}` })],
    ['as the body of a Lambda event', JSON.stringify({ body: event, headers, isBase64Encoded: false })],
  ])('a payload in a log is read: %s', async (_, text) => {
    const explanation = await explain(text)
    expect(explanation).toMatchObject({
      provider: 'stripe',
      source: 'webhook',
      evidence: 'unverified',
      event: { id: 'evt_1' },
    })
  })

  it('the headers of a Lambda event are those of its body', async () => {
    const stripe = createStripe({ webhookSecrets: 'whsec_synthetic' })
    const text = JSON.stringify({ body: event, headers })
    expect(await explain(text, { providers: [stripe] })).toMatchObject({ signature: 'invalid' })
  })

  it.each([
    ['{"message":"ok"}', 'invalid_payload'],
    ['{"message":"{}"}', 'invalid_payload'],
    ['"a text"', 'invalid_payload'],
    ['text {broken} text', 'invalid_input'],
    ['{"a":1} {"b":2}', 'invalid_input'],
  ])('other text stays what it is: %s', async (text, code) => {
    await expect(explain(text)).rejects.toMatchObject({ code })
  })

  it.each(['/return?payment_intent=pi_123', '?payment_intent=pi_123'])(
    'a URL without its host is read: %s',
    async (text) => {
      expect(await explain(text)).toMatchObject({ provider: 'stripe', key: { id: 'pi_123' } })
    },
  )

  it('text with a byte order mark is read', async () => {
    expect(await explain('\uFEFF{"object":"customer"}')).toMatchObject({ provider: 'stripe' })
  })
})
