import { isPaymentError } from '@payment-status/core'
import type { TrackerOptions } from '@payment-status/tracker'
import { describeSuccess } from '../statistics.ts'
import type { Terminal } from '../terminal.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Outgoing, Sender } from './outgoing.ts'

type Handlers = Required<
  Pick<TrackerOptions, 'onChange' | 'onDispute' | 'onTask' | 'onUnmatched' | 'onReconciled' | 'onError'>
>

export interface Delivery {
  readonly handlers: Handlers
  /** Number of deliveries by what they allowed: `fulfill`, `capture`, … */
  readonly delivered: ReadonlyMap<string, number>
  countWith(metrics: Metrics): void
}

/** Returns the tracker's handlers: each sends a message to the shop, if there is a sender, and writes a line of the log. */
export function createDelivery(terminal: Terminal, log: Log, sender: Sender | undefined): Delivery {
  let metrics: Metrics | undefined
  const delivered = new Map<string, number>()
  async function send(key: string, outgoing: Outgoing): Promise<void> {
    if (!sender) return
    try {
      await sender.send(key, outgoing)
      metrics?.countSent(outgoing.type, 'ok')
    } catch (error) {
      metrics?.countSent(outgoing.type, 'failed')
      throw error
    }
  }
  return {
    delivered,
    countWith(given) {
      metrics = given
    },
    handlers: {
      async onChange(change) {
        const { key, changeId, order, step, report } = change
        metrics?.countChange(change)
        // A restored database can repeat a key, and never a change's own id.
        await send(changeId, { type: 'payment.changed', data: change })
        if (step) delivered.set(step.kind, (delivered.get(step.kind) ?? 0) + 1)
        const status = terminal.paint(report.payment.status)
        await log.line({ kind: 'change', order, status, step: step?.kind, key })
      },
      async onDispute(dispute) {
        await send(dispute.key, { type: 'payment.disputed', data: dispute })
        await log.line({
          kind: 'dispute',
          order: dispute.order,
          status: `disputed: ${dispute.dispute.status}`,
        })
      },
      async onTask(task) {
        const type = task.closedAt === undefined ? 'task.opened' : 'task.closed'
        await send(`${task.key}/${type}`, { type, data: task })
        await log.line({ kind: 'task', order: task.order, status: `${type}: ${task.kind}`, why: task.why })
      },
      async onUnmatched(payment) {
        const { provider, id, report } = payment
        await send(`unmatched/${provider}/${id}`, { type: 'payment.unmatched', data: payment })
        await log.line({
          kind: 'unmatched',
          order: payment.order,
          status: `unmatched: ${report.payment.status}`,
          key: `${provider}/${id}`,
        })
      },
      async onReconciled(result) {
        const { provider, day, healed } = result
        await send(`reconciliation/${provider}/${day}`, { type: 'day.reconciled', data: result })
        const success = describeSuccess(result.statistics)
        await log.line({ kind: 'reconciled', provider, day, healed: `${healed} healed`, success })
      },
      onError(error) {
        // A client closed its connection before the answer was ready: it needs none.
        if (error instanceof Error && error.name === 'AbortError') return
        metrics?.countError(isPaymentError(error) ? error.code : 'other')
        log.error(error)
      },
    },
  }
}
