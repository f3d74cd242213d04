import { isPaymentError } from '@payment-status/core'
import { isLookedUp } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { codeOf, endingOf, errorOf } from './outcome.ts'
import { questions } from './questions.ts'
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
  options: ProviderContractOptions,
): void {
  const { fixtures, unknownId, notFound = () => new Response(null, { status: 404 }) } = options
  const id = fixtures.payments.find((fixture) => isLookedUp(subject, fixture, options))?.id ?? unknownId
  const asked = questions(id).filter(({ query }) => subject.answers[query] === 'asked')
  const [first] = asked
  if (!first) return
  const { ask } = first

  describe('a server that answers', () => {
    const missing =
      first.query === 'lookup' ? [['that it has no such payment', notFound, 'not_found'] as const] : []
    for (const [what, answer, code] of [...badAnswers, ...missing]) {
      it(`${what} is read as ${code}`, async () => {
        const error = await errorOf(() => ask(subject.answeredBy(async () => answer())))
        expect(isPaymentError(error) ? error.code : error).toBe(code)
        const retryable = code === 'unavailable' || code === 'rate_limited'
        expect(isPaymentError(error) && error.retryable).toBe(retryable)
      })
    }

    it('429 with Retry-After states the requested wait', async () => {
      const busy = async () => new Response(null, { status: 429, headers: { 'retry-after': '7' } })
      const error = await errorOf(() => ask(subject.answeredBy(busy)))
      expect(isPaymentError(error) && error.retryAfterMs).toBe(7000)
    })

    it('503 once is asked again', async () => {
      let failures = 1
      const recovering = async (request: Request) =>
        failures-- > 0 ? new Response(null, { status: 503 }) : subject.respond(request)
      expect(await codeOf(() => ask(subject.answeredBy(recovering, { retries: 1 })))).toBe('no error')
    })

    it('with a redirect elsewhere is not followed', async () => {
      const origins: string[] = []
      const moving = async (request: Request) => {
        origins.push(new URL(request.url).origin)
        return new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/' } })
      }
      const error = await errorOf(() => ask(subject.answeredBy(moving)))
      expect(isPaymentError(error)).toBe(true)
      expect([...new Set(origins)]).toEqual([new URL(fixtures.origin).origin])
    })
  })

  describe('a server that does not answer', () => {
    it('because it cannot be reached is unavailable', async () => {
      const unreachable = async (): Promise<Response> => {
        throw new TypeError('fetch failed')
      }
      expect(await codeOf(() => ask(subject.answeredBy(unreachable)))).toBe('unavailable')
    })

    it('is given up at the time limit of the configuration, or of the question', async () => {
      const timeoutMs = SHORT_TIMEOUT_IN_MILLISECONDS
      expect(await codeOf(() => ask(subject.answeredBy(hang, { timeoutMs })))).toBe('unavailable')
      expect(await codeOf(() => ask(subject.answeredBy(hang), { timeoutMs }))).toBe('unavailable')
    })

    it('is given up when its body never ends', async () => {
      const stalling = async () => new Response(new ReadableStream())
      const timeoutMs = SHORT_TIMEOUT_IN_MILLISECONDS
      expect(await codeOf(() => ask(subject.answeredBy(stalling, { timeoutMs })))).toBe('unavailable')
    })

    for (const question of asked) {
      it(`is left at once when the signal of a ${question.title} aborts`, async () => {
        const reason = new Error('the shopper left')
        const controller = new AbortController()
        const hanging = (request: Request) => {
          setTimeout(() => controller.abort(reason), SHORT_TIMEOUT_IN_MILLISECONDS / 5)
          return hang(request)
        }
        // Retries are on: an abort must not be taken for a fault worth another try.
        const provider = subject.answeredBy(hanging, { retries: 2 })
        const ending = await endingOf(() => question.ask(provider, { signal: controller.signal }))
        expect(ending.kind).toBe('thrown')
        expect(ending.kind === 'thrown' && ending.error === reason).toBe(true)
      })
    }

    it('is not even asked when the signal has aborted before', async () => {
      const { provider, requests } = subject.connected()
      const reason = new Error('the shopper left')
      for (const question of asked) {
        const error = await errorOf(() => question.ask(provider, { signal: AbortSignal.abort(reason) }))
        expect(error === reason).toBe(true)
      }
      expect(requests.map(({ url }) => url)).toEqual([])
    })
  })
}
