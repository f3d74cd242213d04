import { testAnswers } from './contract/answers.ts'
import { testHints } from './contract/hints.ts'
import { testLookups } from './contract/lookups.ts'
import { testNames } from './contract/names.ts'
import { testNotifications } from './contract/notifications.ts'
import type { ProviderContractOptions } from './contract/options.ts'
import type { TestRunner } from './contract/runner.ts'
import { testSecrets } from './contract/secrets.ts'
import { testSources } from './contract/sources.ts'
import { createSubject } from './contract/subject.ts'
import { testVocabulary } from './contract/vocabulary.ts'
import { testWebhooks } from './contract/webhooks.ts'

export type {
  ContractConfig,
  FixtureException,
  FixtureSource,
  ProviderContractOptions,
} from './contract/options.ts'
export type { Expectation, TestRunner } from './contract/runner.ts'

/**
 * Defines the tests that every provider must pass, with the functions of the given test runner: each fixture reads the
 * same from every source, only a signed webhook is trusted, hints have no status, errors hold no secrets, and each kind
 * of bad answer gets its own code. Anything a provider may do differently is a named option of the call.
 *
 * @example
 * import { describe, expect, it } from 'vitest'
 *
 * testProviderContract({ describe, it, expect }, {
 *   fixtures: checkoutComFixtures,
 *   create: (config) => createCheckoutCom(config),
 *   unknownId: 'pay_nobodyhasthispaymentid2222',
 *   newWord: 'Teleported',
 *   withoutFixture: ['open'],
 * })
 */
export function testProviderContract<const Secrets extends Readonly<Record<string, string>>>(
  runner: TestRunner,
  options: ProviderContractOptions<Secrets>,
): void {
  const subject = createSubject(options)
  const contract = options as unknown as ProviderContractOptions
  runner.describe(`${options.fixtures.provider} keeps the contract of a provider`, () => {
    testSources(runner, subject, contract)
    testVocabulary(runner, subject, contract)
    testHints(runner, subject)
    testWebhooks(runner, subject, contract)
    testNotifications(runner, subject, contract)
    testLookups(runner, subject, contract)
    testAnswers(runner, subject, contract)
    testNames(runner, subject, contract)
    testSecrets(runner, subject, contract)
  })
}
