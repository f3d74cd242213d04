import type { LookupKey, Payment } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { checkReport } from './evidence.ts'
import { isLookedUp } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import { codeOf, collect } from './outcome.ts'
import { questions } from './questions.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

const UNKNOWN_REFERENCE = 'no-payment-has-this-reference'
const DAY_IN_MILLISECONDS = 86_400_000

/** Tests that valid lookups are answered, and that others are rejected before a request is sent. */
export function testLookups(runner: TestRunner, subject: Subject, options: ProviderContractOptions): void {
  const { answers } = subject
  const looked = options.fixtures.payments.filter((fixture) => isLookedUp(subject, fixture, options))
  runner.describe('a lookup', () => {
    testKeys(runner, subject, options)
    if (answers.lookup === 'asked') testById(runner, subject, options, looked)
    if (answers.byReference === 'asked') testByReference(runner, subject)
  })
  runner.describe('a list', () => {
    testRanges(runner, subject)
    if (answers.list === 'asked') testList(runner, subject, options, looked)
  })
  testUnsupported(runner, subject, options)
}

function testKeys(
  { it, expect }: TestRunner,
  subject: Subject,
  { fixtures, unknownId, malformedIds = [] }: ProviderContractOptions,
): void {
  it('of a crafted id is refused before anything is sent', async () => {
    const { provider, requests } = subject.connected()
    const refused = subject.answers.lookup === 'asked' ? ['invalid_input'] : ['invalid_input', 'unsupported']
    for (const id of [...craftIds(fixtures.payments[0]?.id ?? unknownId), ...malformedIds]) {
      for (const ask of [() => provider.lookup(id), () => provider.find({ id })]) {
        const code = await codeOf(ask)
        expect({ id, code: refused.includes(code) ? 'refused' : code }).toEqual({ id, code: 'refused' })
      }
    }
    expect(requests.map(({ url }) => url)).toEqual([])
  })

  it('of an invalid reference is rejected before anything is sent', async () => {
    const { provider, requests } = subject.connected()
    for (const reference of ['', ' ', 'a\nb', '\ud800', 7 as unknown as string]) {
      const answer = await codeOf(() => provider.lookupByReference(reference))
      expect({ reference, answer }).toEqual({ reference, answer: 'invalid_input' })
    }
    expect(await codeOf(() => provider.find({} as LookupKey))).toBe('invalid_input')
    expect(requests.map(({ url }) => url)).toEqual([])
  })
}

function testById(
  { it, expect }: TestRunner,
  subject: Subject,
  { fixtures, unknownId }: ProviderContractOptions,
  looked: readonly PaymentFixture[],
): void {
  it('of an unknown id is not_found', async () => {
    const { provider, requests } = subject.connected()
    expect(await codeOf(() => provider.lookup(unknownId))).toBe('not_found')
    expect(await codeOf(() => provider.find({ id: unknownId }))).toBe('not_found')
    expect(requests.length > 0).toBe(true)
  })

  it('that is given its own operations answers with at least those, and with the same status', async () => {
    const { provider } = subject.connected()
    for (const { id, status } of looked) {
      const { payment } = await provider.lookup(id)
      if (!payment.operations) continue
      const idsOf = (operations: Payment['operations']) => (operations ?? []).map((operation) => operation.id)
      // A payment is a lookup key, its operations included.
      for (const again of [
        await provider.lookup(id, { operations: payment.operations }),
        ...(await provider.find(payment)),
      ].map((report) => report.payment)) {
        expect({ id: again.id, status: again.status }).toEqual({ id, status })
        const found = idsOf(again.operations)
        expect(idsOf(payment.operations).filter((known) => !found.includes(known))).toEqual([])
      }
    }
  })

  it('sends requests to the provider only', async () => {
    const { provider, requests } = subject.connected()
    for (const { id } of looked) await provider.lookup(id)
    const origins = requests.map(({ url }) => new URL(url).origin)
    expect([...new Set(origins)]).toEqual([new URL(fixtures.origin).origin])
  })
}

function testByReference({ it, expect }: TestRunner, subject: Subject): void {
  it('of an unknown reference is an empty list', async () => {
    const { provider } = subject.connected()
    expect(await provider.lookupByReference(UNKNOWN_REFERENCE)).toEqual([])
    expect(await provider.find({ reference: UNKNOWN_REFERENCE })).toEqual([])
  })

  it('of a reference full of punctuation asks for just that reference', async () => {
    const pathsOf = async (reference: string) => {
      const { provider, requests } = subject.connected()
      expect(await provider.lookupByReference(reference)).toEqual([])
      return [...new Set(requests.map(({ url }) => new URL(url).pathname))]
    }
    const usual = await pathsOf(UNKNOWN_REFERENCE)
    expect(await pathsOf(`../${UNKNOWN_REFERENCE}?a=b&c=%20#d`)).toEqual(usual)
  })
}

function testRanges({ it, expect }: TestRunner, subject: Subject): void {
  it('of an invalid range is rejected before anything is sent', async () => {
    const { provider, requests } = subject.connected()
    const backwards = { from: new Date(2), to: new Date(1) }
    const noDate = { from: new Date(Number.NaN), to: new Date() }
    for (const range of [backwards, noDate]) {
      expect(await codeOf(() => collect(provider.list(range)))).toBe('invalid_input')
    }
    expect(requests.map(({ url }) => url)).toEqual([])
  })
}

function testList(
  { it, expect }: TestRunner,
  subject: Subject,
  { exceptions = {} }: ProviderContractOptions,
  looked: readonly PaymentFixture[],
): void {
  it('holds each payment created in its range once, and reads it as a lookup does', async () => {
    const { provider } = subject.connected()
    const check = { expect, provider: provider.name }
    const created = new Map<string, number>()
    for (const { id, title } of looked) {
      const { createdAt } = (await provider.lookup(id)).payment
      if (createdAt && exceptions[title]?.list !== 'left out') created.set(id, Date.parse(createdAt))
    }
    const days = [...new Set([...created.values()].map((time) => time - (time % DAY_IN_MILLISECONDS)))]
    const statuses = new Map(looked.map(({ id, status }) => [id, status]))
    const listed: string[] = []
    for (const day of days) {
      const range = { from: new Date(day), to: new Date(day + DAY_IN_MILLISECONDS) }
      for (const report of await collect(provider.list(range))) {
        const { id, status } = report.payment
        checkReport(check, report, 'list')
        if (!created.has(id)) continue
        listed.push(id)
        expect({ id, status }).toEqual({ id, status: statuses.get(id) })
      }
    }
    expect(listed.toSorted()).toEqual([...created.keys()].toSorted())
  })

  it('ends just before the end of its range', async () => {
    const { provider } = subject.connected()
    const [fixture] = looked
    const createdAt = fixture && (await provider.lookup(fixture.id)).payment.createdAt
    if (!fixture || createdAt === undefined) return
    const at = new Date(createdAt)
    const before = { from: new Date(at.getTime() - DAY_IN_MILLISECONDS), to: at }
    const ids = (await collect(provider.list(before))).map(({ payment }) => payment.id)
    expect(ids.includes(fixture.id)).toBe(false)
  })
}

/** Tests that a query which the provider cannot be asked is refused with `unsupported`, before any request. */
function testUnsupported(
  { describe, it, expect }: TestRunner,
  subject: Subject,
  { fixtures, unknownId }: ProviderContractOptions,
): void {
  const none = questions(fixtures.payments[0]?.id ?? unknownId).filter(
    ({ query }) => subject.answers[query] === 'none',
  )
  if (none.length === 0) return
  describe('a query the provider cannot be asked', () => {
    for (const { title, ask } of none) {
      it(`is unsupported: ${title}`, async () => {
        const { provider, requests } = subject.connected()
        expect(await codeOf(() => ask(provider))).toBe('unsupported')
        expect(requests.map(({ url }) => url)).toEqual([])
      })
    }
  })
}

/** Ids that would change the question if they became part of a URL. */
function craftIds(id: string): string[] {
  return [
    '',
    ' ',
    '.',
    '..',
    '../..',
    `../${id}`,
    `${id}/..`,
    `${id}/refunds`,
    `${id}\n`,
    `\n${id}`,
    `${id} `,
    `${id}\u0000`,
    `${id}?a=b`,
    `${id}#a`,
    `${id}&a=b`,
    `${id}%2f..`,
    `${id},${id}`,
    `${id}\u00e9`,
    `https://shop.example/${id}`,
    undefined as unknown as string,
    null as unknown as string,
    7 as unknown as string,
    [id] as unknown as string,
  ]
}
