import { advance, type PaymentProvider, type PaymentReport } from '@payment-status/core'
import { addEvent } from './fixture.ts'

/** A shop that records every report as documented, and looks up what it is to recheck. */
export interface Shop {
  /** The recorded state of each payment, by its id. */
  readonly recorded: ReadonlyMap<string, PaymentReport>
  record(report: PaymentReport): Promise<void>
  /** Verifies and records a webhook, and answers as the provider expects. */
  receive(request: Request): Promise<Response>
}

export function createShop(provider: PaymentProvider): Shop {
  const recorded = new Map<string, PaymentReport>()
  const canLookUp = provider.answers?.lookup !== 'none'

  async function record(report: PaymentReport, isAnswer = false): Promise<void> {
    const { id } = report.payment
    const advanced = advance(recorded.get(id), report, { canLookUp })
    recorded.set(id, advanced.report)
    const { operations } = advanced.report.payment
    // The lookup after a webhook may find one operation without the known ones: it is repeated with all of them.
    if (canLookUp && advanced.recheck && !isAnswer)
      await record(await provider.lookup(id, { operations }), true)
  }

  return {
    recorded,
    record: (report) => record(report),
    async receive(request) {
      const event = await provider.readWebhook({ rawBody: await request.bytes(), headers: request.headers })
      if (event.kind === 'payment') await record(event.report)
      if (canLookUp && (event.kind === 'recheck' || event.kind === 'operation')) {
        for (const report of await provider.find(event.key)) await record(report)
      } else if (event.kind === 'operation' && 'id' in event.key) {
        const folded = addEvent(recorded.get(event.key.id), event, canLookUp)
        if (folded) recorded.set(event.key.id, folded)
      }
      return new Response(event.reply.body)
    },
  }
}
