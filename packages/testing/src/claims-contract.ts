import type { WebhookClaims, WebhookEvent } from '@payment-status/core'
import type { TestRunner } from './contract.ts'

export interface ClaimsContractOptions {
  /**
   * Claims with a lease of so many milliseconds, on one store for all that this is called for, as if each were a process of
   * its own. Each test uses events of its own, so that the store need not be emptied.
   */
  create(options: { readonly leaseMs: number }): Promise<WebhookClaims> | WebhookClaims
  /**
   * `store`: of all who ask at once, wherever they are, one gets `new`. `process`: only of those in one process, because the
   * store cannot compare and set. Default `store`.
   */
  readonly exclusive?: 'store' | 'process' | undefined
}

const LONG_LEASE_IN_MILLISECONDS = 5 * 60_000
const SHORT_LEASE_IN_MILLISECONDS = 1

let count = 0

/** Returns an event that has not been claimed. */
function makeEvent(provider = 'test-pay', id = `evt_${count++}_${Date.now().toString(36)}`): WebhookEvent {
  return {
    provider,
    id,
    type: 'test',
    kind: 'unrelated',
    reply: { status: 200, body: '', contentType: 'text/plain' },
  }
}

/** The same event as another delivery brings it. */
const redeliver = (event: WebhookEvent): WebhookEvent => structuredClone(event)

/**
 * Writes the tests that every store of claims has to pass, with the functions of your own test runner. What they promise:
 * one delivery acts, whatever is crashed or late, and what is done is done for good.
 *
 * @example
 * testClaimsContract({ describe, it, expect }, { create: (options) => myClaims(database, options) })
 */
export function testClaimsContract(
  { describe, it, expect }: TestRunner,
  { create, exclusive = 'store' }: ClaimsContractOptions,
): void {
  const open = () => create({ leaseMs: LONG_LEASE_IN_MILLISECONDS })
  /** Opens claims with a short lease, as a process that crashes or is slow. */
  const openBriefly = () => create({ leaseMs: SHORT_LEASE_IN_MILLISECONDS })
  const runOut = () => new Promise<void>((resolve) => setTimeout(resolve, 25 * SHORT_LEASE_IN_MILLISECONDS))

  describe('claims on webhooks', () => {
    it('are new once, then busy, and done for good', async () => {
      const claims = await open()
      const mine = makeEvent()
      expect(await claims.begin(mine)).toBe('new')
      expect(await claims.begin(redeliver(mine))).toBe('busy')
      await claims.end(mine, 'done')
      expect(await claims.begin(redeliver(mine))).toBe('done')

      const brief = await openBriefly()
      const other = makeEvent()
      await brief.begin(other)
      await brief.end(other, 'done')
      await runOut()
      expect(await brief.begin(redeliver(other))).toBe('done')
    })

    it('that failed are new again at once', async () => {
      const claims = await open()
      const mine = makeEvent()
      await claims.begin(mine)
      await claims.end(mine, 'failed')
      expect(await claims.begin(redeliver(mine))).toBe('new')
    })

    it('are distinguished by provider and by id, whatever is in them', async () => {
      const claims = await open()
      const id = `${makeEvent().id}:'";%_\\ \u{1f9fe}`
      for (const [provider, name] of [
        ['one', id],
        ['two', id],
        ['one', `${id}:`],
        ['one:', id],
      ] as const) {
        expect(await claims.begin(makeEvent(provider, name))).toBe('new')
      }
      expect(await claims.begin(makeEvent('one', id))).toBe('busy')
    })

    it('are one claim for all who share the store', async () => {
      const here = await open()
      const there = await open()
      const mine = makeEvent()
      expect(await here.begin(mine)).toBe('new')
      expect(await there.begin(redeliver(mine))).toBe('busy')
      await here.end(mine, 'done')
      expect(await there.begin(redeliver(mine))).toBe('done')
    })

    it('go to one of twenty who ask at the same moment', async () => {
      const holders = exclusive === 'store' ? [await open(), await open()] : [await open()]
      const event = makeEvent()
      const asked = Array.from({ length: 20 }, (_, index) =>
        holders[index % holders.length]?.begin(redeliver(event)),
      )
      const answers = await Promise.all(asked)
      expect(answers.filter((answer) => answer === 'new').length).toBe(1)
      expect(answers.filter((answer) => answer === 'busy').length).toBe(19)
    })

    it('run out, so that a crash does not swallow the event', async () => {
      const mine = makeEvent()
      expect(await (await openBriefly()).begin(mine)).toBe('new')
      await runOut()
      expect(await (await open()).begin(redeliver(mine))).toBe('new')
    })

    it('are not released by a process whose lease expired', async () => {
      const slow = await openBriefly()
      const other = await open()
      const mine = makeEvent()
      await slow.begin(mine)
      await runOut()
      const theirs = redeliver(mine)
      expect(await other.begin(theirs)).toBe('new')
      await slow.end(mine, 'failed')
      expect(await other.begin(redeliver(mine))).toBe('busy')
      await other.end(theirs, 'done')
      await slow.end(mine, 'failed')
      expect(await other.begin(redeliver(mine))).toBe('done')
    })

    it('are done when the work is done, though the lease ran out meanwhile', async () => {
      const slow = await openBriefly()
      const other = await open()
      const mine = makeEvent()
      await slow.begin(mine)
      await runOut()
      const theirs = redeliver(mine)
      await other.begin(theirs)
      await slow.end(mine, 'done')
      expect(await other.begin(redeliver(mine))).toBe('done')
      await other.end(theirs, 'failed')
      expect(await other.begin(redeliver(mine))).toBe('done')
    })
  })
}
