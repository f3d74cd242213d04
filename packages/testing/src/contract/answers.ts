import { isPaymentError, type PaymentProvider } from '@payment-status/core'
import type { ProviderContractOptions } from './options.ts'
import { codeOf, collect, endingOf, errorOf } from './outcome.ts'
import type { TestRunner } from './runner.ts'
import { hang, type Subject } from './subject.ts'

const SHORT_TIMEOUT_IN_MILLISECONDS = 50

/** Bad answers of a server, with the code that each must get. */
const badAnswers: ReadonlyArray<readonly [what: string, answer: () => Response, code: string]> = [
  ['400', () => new Response('{}', { status: 400 }), 'rejected'],
  ['401', () => new Response(null, { status: 401 }), 'unauthorized'],
  ['403', () => new Response('{}', { status: 403 }), 'unauthorized'],
  ['422', () => new Response('{}', { status: 422 }), 'rejected'],
  ['429', () => new Response(null, { status: 429 }), 'rate_limited'],
  ['500', () => new Response('{}', { status: 500 }), 'unavailable'],
  ['502 and a page of HTML', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), 'unavailable'],
  ['503 and nothing', () => new Response(null, { status: 503 }), 'unavailable'],
  ['200 and nothing', () => new Response('', { status: 200 }), 'invalid_payload'],
  ['200 and a page of HTML', () => new Response('<h1>Welcome</h1>', { status: 200 }), 'invalid_payload'],
  ['200 and half of some JSON', () => new Response('{"id":"', { status: 200 }), 'invalid_payload'],
  ['200 and a list', () => new Response('[]', { status: 200 }), 'invalid_payload'],
  ['200 and null', () => new Response('null', { status: 200 }), 'invalid_payload'],
]

/** Tests that each bad answer gets its code, that a missing answer does not hang, and that an abort stops everything. */
export function testAnswers(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  { fixtures, unknownId, notFound = () => new Response(null, { status: 404 }) }: ProviderContractOptions,
): void {
  const id = fixtures.payments[0]?.id ?? unknownId

  describe('a server that answers', () => {
    for (const [what, answer, code] of [
      ...badAnswers,
      ['that it has no such payment', notFound, 'not_found'] as const,
    ]) {
      it(`${what} is read as ${code}`, async () => {
        const error = await errorOf(() => subject.answeredBy(async () => answer()).lookup(id))
        expect(isPaymentError(error) ? error.code : error).toBe(code)
        const retryable = code === 'unavailable' || code === 'rate_limited'
        expect(isPaymentError(error) && error.retryable).toBe(retryable)
      })
    }

    it('429 with Retry-After states the requested wait', async () => {
      const busy = async () => new Response(null, { status: 429, headers: { 'retry-after': '7' } })
      const error = await errorOf(() => subject.answeredBy(busy).lookup(id))
      expect(isPaymentError(error) && error.retryAfterMs).toBe(7000)
    })

    it('503 once is asked again', async () => {
      let failures = 1
      const recovering = async (request: Request) =>
        failures-- > 0 ? new Response(null, { status: 503 }) : fixtures.respond(request)
      expect((await subject.answeredBy(recovering, { retries: 1 }).lookup(id)).payment.id).toBe(id)
    })

    it('with a redirect elsewhere is not followed', async () => {
      const origins: string[] = []
      const moving = async (request: Request) => {
        origins.push(new URL(request.url).origin)
        return new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/' } })
      }
      const error = await errorOf(() => subject.answeredBy(moving).lookup(id))
      expect(isPaymentError(error)).toBe(true)
      expect([...new Set(origins)]).toEqual([new URL(fixtures.origin).origin])
    })
  })

  describe('a server that does not answer', () => {
    it('because it cannot be reached is unavailable', async () => {
      const unreachable = async (): Promise<Response> => {
        throw new TypeError('fetch failed')
      }
      expect(await codeOf(() => subject.answeredBy(unreachable).lookup(id))).toBe('unavailable')
    })

    it('is given up at the time limit of the configuration, or of the question', async () => {
      const timeoutMs = SHORT_TIMEOUT_IN_MILLISECONDS
      expect(await codeOf(() => subject.answeredBy(hang, { timeoutMs }).lookup(id))).toBe('unavailable')
      expect(await codeOf(() => subject.answeredBy(hang).lookup(id, { timeoutMs }))).toBe('unavailable')
    })

    it('is given up when its body never ends', async () => {
      const stalling = async () => new Response(new ReadableStream())
      const timeoutMs = SHORT_TIMEOUT_IN_MILLISECONDS
      expect(await codeOf(() => subject.answeredBy(stalling, { timeoutMs }).lookup(id))).toBe('unavailable')
    })

    for (const [question, ask] of questions(id)) {
      it(`is left at once when the signal of a ${question} aborts`, async () => {
        const reason = new Error('the shopper left')
        const controller = new AbortController()
        const hanging = (request: Request) => {
          setTimeout(() => controller.abort(reason), SHORT_TIMEOUT_IN_MILLISECONDS / 5)
          return hang(request)
        }
        // Retries are on: an abort must not be taken for a fault worth another try.
        const provider = subject.answeredBy(hanging, { retries: 2 })
        const ending = await endingOf(() => ask(provider, controller.signal))
        expect(ending.kind).toBe('thrown')
        expect(ending.kind === 'thrown' && ending.error === reason).toBe(true)
      })
    }

    it('is not even asked when the signal has aborted before', async () => {
      const { provider, requests } = subject.connected()
      const reason = new Error('the shopper left')
      for (const [, ask] of questions(id)) {
        expect((await errorOf(() => ask(provider, AbortSignal.abort(reason)))) === reason).toBe(true)
      }
      expect(requests.map(({ url }) => url)).toEqual([])
    })
  })
}

type Question = (provider: PaymentProvider, signal: AbortSignal) => Promise<unknown>

function questions(id: string): ReadonlyArray<readonly [string, Question]> {
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  return [
    ['lookup', (provider, signal) => provider.lookup(id, { signal })],
    ['lookup by reference', (provider, signal) => provider.lookupByReference('any-reference', { signal })],
    ['find', (provider, signal) => provider.find({ id }, { signal })],
    ['list', (provider, signal) => collect(provider.list(range, { signal }))],
  ]
}
