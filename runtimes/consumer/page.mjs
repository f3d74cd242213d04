// The hint readers run in the shopper's browser: what they make of a result and of a return URL.
import { createCheckoutCom } from '@payment-status/checkout-com'
import { nextStep } from '@payment-status/core'
import { createOnerway } from '@payment-status/onerway'
import { createStripe } from '@payment-status/stripe'

const id = 'pay_nixj7hl4mqa2voubnsgqnyj4vy'
const onerway = createOnerway({
  merchantNo: '1',
  secretKey: '',
  environment: 'sandbox',
  integration: 'direct',
})
const hints = [
  createCheckoutCom().readReturn(`http://127.0.0.1:3000/result?cko-payment-id=${id}`),
  createCheckoutCom().readClientResult({ id, status: 'Captured' }),
  onerway.readReturn('https://shop.example/return?transactionId=1919652333131005952&txnTimeZone=+08:00'),
  onerway.readClientResult({
    respCode: '20000',
    data: { status: 'R', redirectUrl: 'https://sandbox-3ds.onerway.com/' },
  }),
  createStripe().readReturn('https://shop.example/return?payment_intent=pi_123&redirect_status=succeeded'),
  createStripe().readClientResult({
    paymentIntent: { id: 'pi_123', object: 'payment_intent', status: 'succeeded' },
  }),
]
const steps = hints.map((hint) => nextStep(hint).kind)
const expected = ['look_up', 'look_up', 'look_up', 'send_shopper', 'look_up', 'look_up']
const passed = steps.filter((step, index) => step === expected[index]).length
document.body.textContent = `${passed} passed, ${expected.length - passed} failed`
