import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { stripeErrorCodes, stripeEventFamilies } from '../packages/stripe/src/index.ts'
import { findDrift } from '../tools/drift.ts'
import { judgedStripeCodes, judgedStripeFamilies } from '../tools/judged-stripe.ts'

const installed = 'packages/stripe/node_modules/stripe'
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Returns a folder with the libraries: Stripe's own declarations, changed, and synthetic ones of Checkout.com's. */
function install(
  change: (declarations: string, file: string) => string = (text) => text,
  status = "'Paid'",
  flow: readonly string[] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), 'payment-status-drift-test-'))
  folders.push(folder)
  const write = (path: string, text: string) => {
    const file = join(folder, 'node_modules', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  for (const file of ['PaymentIntents', 'Charges', 'Disputes', 'Events']) {
    const path = `esm/resources/${file}.d.ts`
    write(`stripe/${path}`, change(readFileSync(join(installed, path), 'utf8'), file))
  }
  write('stripe/package.json', '{ "version": "99.0.0" }')
  write('checkout-sdk-node/package.json', '{ "version": "99.0.0" }')
  write('checkout-sdk-node/dist/payment.d.ts', `export interface Payment { status: ${status} | string }`)
  write('checkout-sdk-node/dist/payment.js', `export const isPending = (json) => json.status === 'Pending'`)
  const enums = {
    PaymentDeclineReason: ['not_enough_funds', ...flow],
    PaymentAbortReason: ['card_not_supported'],
    CheckoutRequestErrorCode: ['payment_request_declined'],
    CheckoutPaymentMethodErrorCode: ['payment_method_attempt_failed'],
    CheckoutErrorType: ['Request', 'Integration'],
  }
  const declared = Object.entries(enums).map(
    ([name, words]) => `declare enum ${name} {${words.map((word) => `${word} = "${word}"`)}}`,
  )
  write('@paypal/paypal-server-sdk/package.json', '{ "version": "99.0.0" }')
  for (const file of ['order', 'capture', 'authorization', 'refund'].map((name) => `${name}Status`)) {
    const path = `@paypal/paypal-server-sdk/dist/esm/types/models/${file}.d.ts`
    write(path, readFileSync(join('packages/paypal/node_modules', path), 'utf8'))
  }
  const reasons = '@paypal/paypal-server-sdk/dist/esm/types/models/captureIncompleteReason.d.ts'
  write(reasons, readFileSync(join('packages/paypal/node_modules', reasons), 'utf8'))
  write('@checkout.com/checkout-web-components/package.json', '{ "version": "99.0.0" }')
  write('@checkout.com/checkout-web-components/dist/index.d.ts', declared.join('\n'))
  return folder
}

describe('the drift check', () => {
  it('finds nothing new in the version the types are tested against', () => {
    const lines: string[] = []
    expect(findDrift(install(), (line) => lines.push(line))).toEqual([])
    expect(lines).toContain('  PaymentIntent.Status: 7 words, 0 new')
    expect(lines).toContain('  status: 2 words, 0 new')
    expect(lines).toContain('  PaymentDeclineReason: 1 word, 0 new')
  })

  it('lists each word they have and we have not, with what we say of it', () => {
    const folder = install(
      (text, file) =>
        text
          .replace("type Status = 'canceled' |", "type Status = 'canceled' | 'teleported' |")
          .replace(
            "type Status = 'appeal_needs_response' |",
            "type Status = 'appeal_teleported' | 'appeal_needs_response' |",
          )
          .replace(
            "type Code = 'account_closed' |",
            "type Code = 'account_closed' | 'teleportation_failed' |",
          )
          .replace(
            'oxxo_display_details?:',
            'teleporter_display_qr_code?: unknown;\n        oxxo_display_details?:',
          )
          .concat(
            file === 'Events'
              ? "export interface A { type: 'refund.teleported' }\nexport interface B { type: 'moon.teleported' }"
              : '',
          ),
      "'Captured' | 'Teleported'",
      ['teleporter_broken'],
    )
    const drift = findDrift(folder).map(({ vocabulary, word, today }) => [vocabulary, word, today])
    expect(drift).toEqual([
      ['PaymentIntent.Status', 'teleported', 'unknown'],
      ['PaymentIntent.NextAction', 'teleporter_display_qr_code', 'qr_code'],
      ['Dispute.Status', 'appeal_teleported', 'unknown'],
      ['Event.type, of the families we read', 'refund.teleported', 'recheck'],
      ['Event.type, its families', 'moon', 'unrelated'],
      ['PaymentIntent.LastPaymentError.Code', 'teleportation_failed', 'other'],
      ['status', 'Teleported', 'unknown'],
      ['PaymentDeclineReason', 'teleporter_broken', 'other'],
    ])
  })

  it('has judged every other event family and error code by name, and none of its own words', () => {
    const lines: string[] = []
    findDrift(install(), (line) => lines.push(line))
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Event\.type, its families: \d\d words, 0 new$/))
    expect(judgedStripeFamilies.filter((family) => stripeEventFamilies.includes(family as never))).toEqual([])
    expect(judgedStripeCodes.filter((code) => stripeErrorCodes.includes(code as never))).toEqual([])
  })

  it('says so where a type is not where it was', () => {
    const folder = install((text) => text.replace('interface NextAction {', 'interface AnotherName {'))
    expect(() => findDrift(folder)).toThrow('has no PaymentIntent.NextAction where it was')
  })
})
