import { isPaymentError } from '@payment-status/core'
import { readReport } from './evidence.ts'
import { deliveriesOf, isLookedUp } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { errorOf } from './outcome.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

const NAME = 'second-account'

/** Tests that two accounts of one provider are distinguished by name, everywhere. */
export function testNames(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  options: ProviderContractOptions,
): void {
  const { fixtures, unknownId } = options
  describe('a provider by another name', () => {
    const { provider } = subject.connected({ name: NAME })

    it('signs its evidence with it', async () => {
      const names: string[] = [provider.name, provider.readReturn('https://shop.example/return').provider]
      for (const fixture of fixtures.payments) {
        const { id, clientResult, response } = fixture
        if (isLookedUp(subject, fixture, options)) names.push((await provider.lookup(id)).payment.provider)
        if (clientResult !== undefined) names.push(provider.readClientResult(clientResult).provider)
        if (response) names.push((await readReport(provider, response)).payment.provider)
        for (const delivery of await deliveriesOf(fixture)) {
          const event = await provider.readWebhook(delivery)
          names.push(event.provider)
          if (event.kind === 'payment') names.push(event.report.payment.provider)
        }
      }
      expect([...new Set(names)]).toEqual([NAME])
    })

    it('speaks by it in its errors', async () => {
      const calls = [
        () => provider.lookup(unknownId),
        () => provider.lookup('../'),
        () => provider.readReturn(''),
        () => provider.readResponse('text', {}),
        () => provider.readWebhook({ rawBody: '{}', headers: {} }),
      ]
      for (const call of calls) {
        const error = await errorOf(call)
        expect(isPaymentError(error) && error.provider).toBe(NAME)
        expect(isPaymentError(error) && error.message.startsWith(`[${NAME}] `)).toBe(true)
      }
    })
  })
}
