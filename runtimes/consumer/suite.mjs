// Runs the contract suite of all three providers with a test runner of thirty lines: any JavaScript runtime will do.
import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { createOnerway } from '@payment-status/onerway'
import { onerwayFixtures } from '@payment-status/onerway/fixtures'
import { createPayPal } from '@payment-status/paypal'
import { paypalFixtures } from '@payment-status/paypal/fixtures'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { createPayments } from 'payment-status'

const unsignedMembers = [
  'originTransactionId',
  'originMerchantTxnId',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
]

/** Onerway signs the values of a notification by name, all but these, without separators. */
function onerwaySignedPart({ rawBody }) {
  const members = JSON.parse(typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody))
  return Object.entries(members)
    .filter(([name]) => !unsignedMembers.includes(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => String(value ?? ''))
    .join('')
}

const tests = []
let path = []
const runner = {
  describe(name, write) {
    path = [...path, name]
    write()
    path = path.slice(0, -1)
  },
  it: (name, run) => tests.push({ name: [...path, name].join(' > '), run }),
  expect: (actual) => ({
    toBe: (expected) => check(Object.is(actual, expected), actual, expected),
    toEqual: (expected) => check(toText(actual) === toText(expected), actual, expected),
  }),
}

function check(holds, actual, expected) {
  if (!holds) throw new Error(`expected ${toText(expected)}, got ${toText(actual)}`)
}

function toText(value) {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, member]) => member !== undefined)
            .sort(),
        )
      : inner,
  )
}

testProviderContract(runner, {
  fixtures: checkoutComFixtures,
  create: (config) => createCheckoutCom(config),
  unknownId: 'pay_nobodyhasthispaymentid2222',
  newWord: 'Teleported',
  withoutFixture: ['open'],
  exceptions: { 'a payout, and payment_paid': { webhook: 'unrelated' } },
})
testProviderContract(runner, {
  fixtures: onerwayFixtures,
  create: (config) => createOnerway({ ...config, environment: 'sandbox', integration: 'direct' }),
  unknownId: '99999999999999999999',
  newWord: 'Z',
  withoutFixture: ['expired'],
  webhookSecrets: ['secretKey'],
  withoutSignature: ({ rawBody, headers }) => ({
    rawBody: JSON.stringify({ ...JSON.parse(String(rawBody)), sign: null }),
    headers,
  }),
  signedPart: onerwaySignedPart,
})
testProviderContract(runner, {
  fixtures: stripeFixtures,
  create: (config) => createStripe(config),
  unknownId: 'pi_nobodyhasthisid',
  newWord: 'teleported',
  withoutFixture: ['verified', 'failed'],
  exceptions: {
    disputed: { webhook: 'dispute' },
    'disputed, and lost': { webhook: 'dispute' },
    'reported as fraud by the issuer': { webhook: 'dispute' },
  },
})
runner.it('PayPal verifies webhooks with the certificate that they name', async () => {
  const { secrets, respond, payments } = paypalFixtures
  const provider = createPayPal({ ...secrets, environment: 'production', fetch: respond })
  const delivery = await payments.find(({ webhook }) => webhook).webhook()
  runner.expect((await provider.readWebhook(delivery)).kind).toBe('payment')
  const changed = { ...delivery, rawBody: String(delivery.rawBody).replace('25.00', '26.00') }
  const code = await provider.readWebhook(changed).then(
    () => 'read',
    (error) => error.code,
  )
  runner.expect(code).toBe('invalid_signature')
})
runner.it('the facade asks over several providers', async () => {
  const payments = createPayments([
    createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond }),
  ])
  const { unreachable } = await payments.orderStatus('nobody-paid-this')
  runner.expect(unreachable.length).toBe(0)
})

/** Runs everything; resolves with how it went. */
export async function runSuite() {
  const failures = []
  for (const { name, run } of tests) {
    try {
      await run()
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`.slice(0, 300))
    }
  }
  return { passed: tests.length - failures.length, failures }
}
