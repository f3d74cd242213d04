import type { LookupKey, Payment, PaymentProvider, PaymentReport, WebhookEvent } from '@payment-status/core'
import type { PaymentFixture } from '@payment-status/core/kit'
import { checkHint, checkReport, readReport } from './evidence.ts'
import { addEvent, deliveriesOf, isLookedUp, readFixture } from './fixture.ts'
import type { ProviderContractOptions } from './options.ts'
import type { TestRunner } from './runner.ts'
import type { Subject } from './subject.ts'

/** Every fixture reads the same from every source it has. */
export function testSources(runner: TestRunner, subject: Subject, options: ProviderContractOptions): void {
  const { describe, it, expect } = runner
  describe('every fixture reads the same from every source', () => {
    for (const fixture of options.fixtures.payments) {
      describe(fixture.title, () => testFixture(runner, subject, fixture, options))
    }
  })

  it("the provider's own object is in every report where the configuration asks for it", async () => {
    const { provider } = subject.connected({ keepRaw: true })
    const without: string[] = []
    for (const fixture of options.fixtures.payments) {
      const { title, id, response } = fixture
      const reports = isLookedUp(subject, fixture, options) ? [await provider.lookup(id)] : []
      if (response) reports.push(await readReport(provider, response))
      for (const delivery of await deliveriesOf(fixture)) {
        const event = await provider.readWebhook(delivery)
        if (event.kind === 'payment') reports.push(event.report)
      }
      for (const { source, raw } of reports) {
        if (typeof raw !== 'object' || raw === null) without.push(`${title}: ${source}`)
      }
    }
    expect(without).toEqual([])
  })
}

function testFixture(
  { it, expect }: TestRunner,
  subject: Subject,
  fixture: PaymentFixture,
  options: ProviderContractOptions,
): void {
  const { id, status, clientResult, returnUrl, response } = fixture
  const exception = options.exceptions?.[fixture.title] ?? {}
  const isAsked = isLookedUp(subject, fixture, options)
  const wanted = { id, status }
  const check = { expect, provider: subject.connected().provider.name }

  async function checkFound(provider: PaymentProvider, key: LookupKey): Promise<void> {
    if (!isAsked || ('reference' in key && subject.answers.byReference === 'none')) return
    const reports = await provider.find(key)
    for (const report of reports) checkReport(check, report, 'lookup')
    expect(reports.map(toWords).filter((found) => found.id === id)).toEqual([wanted])
  }

  /** A source states less than the best source, or the same; never something else. */
  async function checkAgrees(provider: PaymentProvider, report: PaymentReport): Promise<void> {
    const payment: Partial<Payment> = (await readFixture(provider, fixture, isAsked))?.payment ?? {}
    const differs = exception.differs ?? []
    for (const member of ['amount', 'reference'] as const) {
      if (differs.includes(member) || report.payment[member] === undefined || payment[member] === undefined)
        continue
      expect({ [member]: report.payment[member] }).toEqual({ [member]: payment[member] })
    }
  }

  it('has a source that states its status', async () => {
    const report = await readFixture(subject.connected().provider, fixture, isAsked)
    expect(report && toWords(report)).toEqual(wanted)
  })

  if (isAsked) {
    it('looked up by its id', async () => {
      const { provider } = subject.connected()
      const before = new Date().toISOString()
      const report = await provider.lookup(id)
      checkReport(check, report, 'lookup')
      expect(toWords(report)).toEqual(wanted)
      expect(report.observedAt >= before && report.observedAt <= new Date().toISOString()).toBe(true)
      await checkFound(provider, { id: report.payment.id })
    })
  }

  if (isAsked && subject.answers.byReference === 'asked') {
    it('looked up by its reference, where it has one', async () => {
      const { provider } = subject.connected()
      const { reference } = (await provider.lookup(id)).payment
      if (reference === undefined) return
      const reports = await provider.lookupByReference(reference)
      for (const report of reports) checkReport(check, report, 'lookup')
      expect(reports.map(toWords).filter((found) => found.id === id)).toEqual([wanted])
      expect([...new Set(reports.map(({ payment }) => payment.reference))]).toEqual([reference])
      const times = reports.map(({ payment }) => payment.createdAt ?? '')
      expect(times).toEqual(times.toSorted().reverse())
      await checkFound(provider, { reference })
    })
  }

  if (clientResult !== undefined) {
    it('as a browser result', async () => {
      const { provider } = subject.connected()
      const hint = provider.readClientResult(clientResult)
      checkHint(check, hint, 'client')
      if (hint.key) await checkFound(provider, hint.key)
    })
  }

  if (returnUrl !== undefined) {
    it('as a return URL', async () => {
      const { provider } = subject.connected()
      const hint = provider.readReturn(returnUrl)
      checkHint(check, hint, 'return_url')
      expect(provider.readReturn(new URL(returnUrl))).toEqual(hint)
      if (hint.key) await checkFound(provider, hint.key)
    })
  }

  if (response) {
    it('as the response to a create call', async () => {
      const { provider } = subject.connected()
      const report = await readReport(provider, response)
      checkReport(check, report, 'response')
      expect(toWords(report)).toEqual(wanted)
      await checkAgrees(provider, report)
    })
  }

  if (fixture.webhook) {
    it('as a webhook', async () => {
      const { provider } = subject.connected()
      const delivery = await fixture.webhook?.()
      if (!delivery) return
      const event = await provider.readWebhook(delivery)
      expect(event.provider).toBe(provider.name)
      expect(kindOf(event)).toBe(exception.webhook ?? 'a report of the payment')
      if (event.kind === 'payment') {
        checkReport(check, event.report, 'webhook')
        if (!fixture.webhooks) expect(toWords(event.report)).toEqual(wanted)
        await checkAgrees(provider, event.report)
      }
      if ('key' in event && event.key) await checkFound(provider, event.key)
    })
  }

  if (fixture.webhooks) {
    it('as several webhooks', async () => {
      const { provider } = subject.connected()
      let recorded: PaymentReport | undefined
      for (const delivery of await deliveriesOf(fixture)) {
        const event = await provider.readWebhook(delivery)
        expect(event.provider).toBe(provider.name)
        if (event.kind === 'payment') checkReport(check, event.report, 'webhook')
        if ('key' in event && event.key) await checkFound(provider, event.key)
        recorded = addEvent(recorded, event, isAsked)
      }
      expect(recorded && toWords(recorded)).toEqual(wanted)
    })
  }
}

function kindOf(event: WebhookEvent): string {
  return event.kind === 'payment' || event.kind === 'recheck' || event.kind === 'operation'
    ? 'a report of the payment'
    : event.kind
}

function toWords({ payment }: PaymentReport): Pick<PaymentFixture, 'id' | 'status'> {
  return { id: payment.id, status: payment.status }
}
