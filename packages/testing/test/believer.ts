import { advance, type PaymentProvider, type PaymentReport } from '@payment-status/core'

/** Creates a shop that records reports through `advance`, and looks up what it asks to recheck. */
export function createBeliever(provider: PaymentProvider) {
  const believed = new Map<string, PaymentReport>()
  async function hear(report: PaymentReport, isAnswer = false): Promise<void> {
    const { id } = report.payment
    const news = advance(believed.get(id), report)
    believed.set(id, news.report)
    const { operations } = news.report.payment
    // A webhook's lookup may find a step and not those that are known: asked once more, with all of them.
    if (news.recheck && !isAnswer) await hear(await provider.lookup(id, { operations }), true)
  }
  return {
    believed,
    hear,
    /** Receives it, and answers as the provider expects. */
    async hearWebhook(request: Request): Promise<Response> {
      const event = await provider.readWebhook({ rawBody: await request.bytes(), headers: request.headers })
      if (event.kind === 'payment') await hear(event.report)
      if (event.kind === 'recheck') for (const report of await provider.find(event.key)) await hear(report)
      return new Response(event.reply.body)
    },
  }
}
