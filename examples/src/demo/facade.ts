import { nextStep, resolveAttempts } from 'payment-status'
import { printTable } from '../table.ts'
import { setStage } from './stage.ts'
import { describeStep } from './words.ts'

/** One order, begun at one provider and finished at another: the facade looks at all of them and finds out. */
export async function showFacade(): Promise<void> {
  const { simulator, payments, close } = await setStage({})
  const reference = 'order-7001'
  const amount = { amount: 4900, currency: 'EUR' }
  try {
    await simulator.start({ provider: 'stripe', story: 'refused', reference, amount })
    await simulator.start({ provider: 'onerway', story: 'paid_at_once', reference, amount })
    await simulator.start({ provider: 'checkout-com', story: 'paid_at_once', reference, amount })
    const standing = await payments.orderStatus(reference)
    const rows = []
    for (const provider of ['onerway', 'checkout-com', 'stripe'] as const) {
      for (const report of await payments.find({ provider, reference })) {
        const step = nextStep(report, { expected: { amount, reference }, capture: 'automatic' })
        const { status } = resolveAttempts([report])
        rows.push([provider, report.payment.id, status, describeStep(step)])
      }
    }
    printTable(
      `3. The facade: ${reference}, declined at one provider, then paid at two`,
      ['provider', 'payment', 'our status', 'next step of this payment'],
      rows,
    )
    console.log(
      `\nThe order's status: ${standing.status}, paid ${standing.paid.length} times${
        standing.paidTwice ? ': one of the payments must be refunded' : ''
      }; ${standing.unreachable.length} providers unreachable.`,
    )
  } finally {
    await close()
  }
}
