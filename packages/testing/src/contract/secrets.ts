import type { PaymentProvider } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { readReport } from './evidence.ts'
import { deliveriesOf, isLookedUp } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { endingOf, errorOf } from './outcome.ts'
import { plantEverywhere, planted } from './planted.ts'
import { findPlanted, plantPrivate } from './private.ts'
import { questions } from './questions.ts'
import type { TestRunner } from './runner.ts'
import { findSecrets } from './search.ts'
import type { Subject } from './subject.ts'

/** No error holds a key, a signature, a card number or a value of a payload, wherever it was planted. */
export function testSecrets(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  options: ProviderContractOptions,
): void {
  const { fixtures, unknownId } = options
  const secrets = [...Object.values(fixtures.secrets).filter((secret) => secret.length >= 8), ...planted]
  const examples = oneOfEachStatus(fixtures.payments)

  async function leaksOf(
    calls: ReadonlyArray<() => unknown>,
    more: readonly string[] = [],
  ): Promise<string[]> {
    const leaks: string[] = []
    for (const call of calls) leaks.push(...findSecrets(await errorOf(call), [...secrets, ...more]))
    return leaks
  }

  describe('a payment holds nothing it should not', () => {
    it('of what the provider knows of the shopper and the card', async () => {
      const found: string[] = []
      for (const fixture of fixtures.payments) {
        const { id, response } = fixture
        const answers = await answersTo(fixture)
        for (const plant of planted) {
          const calls = [
            ...answers.map((answer, index) => () => answering(index, plantPrivate(answer, plant)).lookup(id)),
            () =>
              readReport(subject.connected().provider, {
                body: plantPrivate(response?.body, plant),
                sent: response?.sent,
              }),
          ]
          for (const call of calls) {
            const ending = await endingOf(call) // what is refused is not kept
            if (ending.kind === 'value') found.push(...findPlanted(ending.value.payment))
          }
        }
      }
      expect(found).toEqual([])
    })
  })

  // With `keepRaw`: what a report may keep, an error may not.
  describe('an error holds nothing it should not', () => {
    it('when a payload is not as documented', async () => {
      const { provider } = subject.connected({ keepRaw: true })
      for (const fixture of examples) {
        const { id, response, clientResult } = fixture
        const answers = await answersTo(fixture)
        const calls = [
          ...answers.flatMap((answer, index) =>
            plantEverywhere(answer).map((body) => () => answering(index, body).lookup(id)),
          ),
          ...plantEverywhere(response?.body).map((body) => () => provider.readResponse(body, response?.sent)),
          ...plantEverywhere(clientResult).map((result) => () => provider.readClientResult(result)),
        ]
        expect(await leaksOf(calls)).toEqual([])
      }
    })

    it('when the provider refuses', async () => {
      const calls = [400, 401, 403, 404, 422, 429, 500, 502].flatMap((status) => {
        const refusal = refuse(status)
        return planted.flatMap((value) => {
          const provider = subject.answeredBy(refusal(value))
          return questions(examples[0]?.id ?? unknownId).map(
            ({ ask }) =>
              () =>
                ask(provider),
          )
        })
      })
      expect(await leaksOf(calls)).toEqual([])
    })

    it('without an answer', async () => {
      const unreachable = async (request: Request): Promise<Response> => {
        const cause = new Error(
          `${request.method} ${planted.join(' ')} ${request.headers.get('authorization')}`,
        )
        throw new TypeError(planted.join(' '), { cause })
      }
      const provider = subject.answeredBy(unreachable)
      const calls = questions(examples[0]?.id ?? unknownId).map(
        ({ ask }) =>
          () =>
            ask(provider),
      )
      expect(await leaksOf(calls)).toEqual([])
    })

    it('when the question or the return URL is made up', async () => {
      const { provider } = subject.connected()
      const calls = planted.flatMap((value) => [
        () => provider.lookup(`../${value}`),
        () => provider.lookupByReference(`${value}\n`),
        () => provider.readReturn(value),
        ...returnUrlsOf(fixtures.payments).map((url) => () => provider.readReturn(plantInUrl(url, value))),
      ])
      expect(await leaksOf(calls)).toEqual([])
    })

    it('when a webhook is forged', async () => {
      const strange = subject.trusting('another')
      for (const { rawBody, headers } of (await Promise.all(examples.map(deliveriesOf))).flat()) {
        const signatures = [...new Headers(Object.entries(headers) as [string, string][]).values()]
        const calls = [
          () => strange.readWebhook({ rawBody, headers }),
          ...planted.flatMap((value) => [
            () => strange.readWebhook({ rawBody: value, headers }),
            () => strange.readWebhook({ rawBody: JSON.stringify({ id: value, sign: value }), headers }),
          ]),
        ]
        expect(
          await leaksOf(
            calls,
            signatures.filter((value) => /[\da-f]{32}/i.test(value)),
          ),
        ).toEqual([])
      }
    })
  })

  /** Returns the fixtures' answers while one payment is looked up. */
  async function answersTo(fixture: PaymentFixture): Promise<unknown[]> {
    const answers: unknown[] = []
    if (!isLookedUp(subject, fixture, options)) return answers
    const listening = subject.answeredBy(async (request) => {
      const answer = await subject.respond(request)
      answers.push(await answer.clone().json())
      return answer
    })
    await listening.lookup(fixture.id)
    return answers
  }

  /** A provider whose nth question is answered with `body`, and the others truly. */
  function answering(nth: number, body: unknown): PaymentProvider {
    let count = 0
    return subject.answeredBy(
      (request) => (count++ === nth ? Promise.resolve(Response.json(body)) : subject.respond(request)),
      { keepRaw: true },
    )
  }
}

function refuse(status: number) {
  return (value: string) => async (): Promise<Response> =>
    Response.json(
      {
        message: value,
        request_id: value,
        error: { type: value, code: value, message: value, decline_code: value },
        error_type: value,
        error_codes: [value],
        respCode: value,
        respMsg: value,
      },
      { status, headers: { 'request-id': value, 'cko-request-id': value } },
    )
}

function oneOfEachStatus(payments: readonly PaymentFixture[]): PaymentFixture[] {
  return [...new Map(payments.map((fixture) => [fixture.status, fixture])).values()]
}

function returnUrlsOf(payments: readonly PaymentFixture[]): string[] {
  return payments.flatMap(({ returnUrl }) => returnUrl ?? [])
}

function plantInUrl(url: string, value: string): string {
  const changed = new URL(url)
  for (const name of changed.searchParams.keys()) changed.searchParams.set(name, value)
  return changed.href
}
