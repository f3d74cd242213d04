import type { PaymentHint } from '@payment-status/core'
import { checkHint } from './evidence.ts'
import { codeOf, endingOf } from './outcome.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

const garbage: readonly unknown[] = [
  undefined,
  null,
  true,
  7,
  '',
  'text',
  [],
  {},
  { id: 7, status: [] },
  { id: '../..', status: 'Captured' },
  { data: null },
  { status: { toString: 'no' } },
]

const crafted: readonly unknown[] = [
  '',
  'no url at all',
  'https://shop.example/return',
  '/return?',
  'https://shop.example/return?id=../../etc&status=captured',
  'https://shop.example/return?%E0%A4%A=1&id=%00',
  'javascript:alert(1)',
  undefined,
  null,
  7,
  {},
]

/** Tests that anything from the shopper's hands becomes a hint or a clear error. */
export function testHints({ describe, it, expect }: TestRunner, subject: Subject): void {
  const { provider } = subject.connected()
  const check = { expect, provider: provider.name }

  async function readAll(
    inputs: readonly unknown[],
    source: PaymentHint['source'],
    read: (input: unknown) => PaymentHint,
  ): Promise<void> {
    for (const input of inputs) {
      const ending = await endingOf(() => read(input))
      if (ending.kind === 'value') checkHint(check, ending.value, source)
      else expect(['invalid_input', 'invalid_payload'].includes(await codeOf(() => read(input)))).toBe(true)
    }
  }

  describe('what anyone can invent', () => {
    it('is a hint without a status as a browser result, or is refused', async () => {
      await readAll(garbage, 'client', (input) => provider.readClientResult(input))
    })

    it('is a hint without a status as a return URL, or is refused', async () => {
      await readAll(crafted, 'return_url', (input) => provider.readReturn(input as string))
    })

    it('is no key to look up when the return URL names no payment', async () => {
      const hint = provider.readReturn('https://shop.example/return')
      expect(hint.key).toBe(undefined)
    })

    it('is refused as a response', async () => {
      for (const input of garbage) {
        const code = await codeOf(() => provider.readResponse(input, {}))
        expect(['invalid_input', 'invalid_payload', 'rejected'].includes(code)).toBe(true)
      }
    })
  })
}
