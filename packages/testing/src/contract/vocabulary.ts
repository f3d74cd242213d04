import { paymentStatuses } from '@payment-status/core'
import type { FixtureSource, ProviderContractOptions } from './options.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

const sources: readonly FixtureSource[] = ['clientResult', 'returnUrl', 'response', 'webhook']

/** Tests that every status has a fixture, and that an unlisted word of the provider is `unknown`. */
export function testVocabulary(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  { fixtures, newWord, withoutFixture = [], withoutSource = [], exceptions = {} }: ProviderContractOptions,
): void {
  const { payments } = fixtures
  describe('the vocabulary', () => {
    it('has a fixture for every status but the ones the provider has no words for', async () => {
      const shown = new Set(payments.map(({ status }) => status))
      const missing = paymentStatuses.filter((status) => !shown.has(status))
      expect(missing.toSorted()).toEqual(withoutFixture.toSorted())
    })

    it('has a fixture for every source but the ones left out by name', async () => {
      const missing = sources.filter((source) => payments.every((fixture) => fixture[source] === undefined))
      expect(missing.toSorted()).toEqual(withoutSource.toSorted())
    })

    it('reads an unlisted word as unknown, and keeps it in the facts', async () => {
      const { provider } = subject.connected()
      const read: string[] = []
      for (const { id, status } of payments) {
        if (status !== 'unknown') continue
        const { payment } = await provider.lookup(id)
        if (Object.values(payment.facts).includes(newWord)) read.push(payment.status)
      }
      expect([...new Set(read)]).toEqual(['unknown'])
    })

    it('says whose fixtures these are, and each of them once', async () => {
      const titles = payments.map(({ title }) => title)
      expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
      const statuses = new Map(payments.map(({ id, status }) => [id, status]))
      expect(payments.filter(({ id, status }) => statuses.get(id) !== status)).toEqual([])
      expect(Object.keys(exceptions).filter((title) => !titles.includes(title))).toEqual([])
      expect(fixtures.provider).toBe(subject.connected().provider.name)
    })
  })
}
