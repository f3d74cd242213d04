import { paymentStatuses } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { isLookedUp, readFixture } from './fixture.ts'
import type { FixtureSource, ProviderContractOptions } from './options.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

const sources: readonly FixtureSource[] = ['clientResult', 'returnUrl', 'response', 'webhook']

/** Tests that every status has a fixture, and that an unlisted word of the provider is `unknown`. */
export function testVocabulary(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  options: ProviderContractOptions,
): void {
  const { fixtures, newWord, withoutFixture = [], withoutSource = [], exceptions = {} } = options
  const { payments } = fixtures
  describe('the vocabulary', () => {
    it('has a fixture for every status but the ones the provider has no words for', async () => {
      const shown = new Set(payments.map(({ status }) => status))
      const missing = paymentStatuses.filter((status) => !shown.has(status))
      expect({ withoutFixture: missing.toSorted() }).toEqual({ withoutFixture: withoutFixture.toSorted() })
    })

    it('has a fixture for every source but the ones left out by name', async () => {
      const states = (fixture: PaymentFixture, source: FixtureSource) =>
        fixture[source] !== undefined || (source === 'webhook' && fixture.webhooks !== undefined)
      const missing = sources.filter((source) => !payments.some((fixture) => states(fixture, source)))
      expect({ withoutSource: missing.toSorted() }).toEqual({ withoutSource: withoutSource.toSorted() })
    })

    it('reads an unlisted word as unknown, and keeps it in the facts', async () => {
      const { provider } = subject.connected()
      const read: string[] = []
      for (const fixture of payments) {
        if (fixture.status !== 'unknown') continue
        const report = await readFixture(provider, fixture, isLookedUp(subject, fixture, options))
        if (report && Object.values(report.payment.facts).includes(newWord)) read.push(report.payment.status)
      }
      expect({ [`fixtures with the word ${newWord}`]: [...new Set(read)] }).toEqual({
        [`fixtures with the word ${newWord}`]: ['unknown'],
      })
    })

    it('says whose fixtures these are, and each of them once', async () => {
      const titles = payments.map(({ title }) => title)
      const statuses = new Map(payments.map(({ id, status }) => [id, status]))
      expect({
        titlesOfSeveralFixtures: titles.filter((title, index) => titles.indexOf(title) !== index),
        idsWithTwoStatuses: payments
          .filter(({ id, status }) => statuses.get(id) !== status)
          .map(({ id }) => id),
        exceptionsOfNoFixture: Object.keys(exceptions).filter((title) => !titles.includes(title)),
      }).toEqual({ titlesOfSeveralFixtures: [], idsWithTwoStatuses: [], exceptionsOfNoFixture: [] })
      expect(fixtures.provider).toBe(subject.connected().provider.name)
    })
  })
}
