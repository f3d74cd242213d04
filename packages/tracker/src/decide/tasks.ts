import { blocksDelivery, paymentKey } from '@payment-status/core'
import { type Snapshot, targetOf } from '../store/rows.ts'
import type { NewTask } from '../store/writing.ts'
import type { Decided } from './changes.ts'
import type { Incoming } from './incoming.ts'

export function toTasks(
  { order }: Snapshot,
  { content, event, keys }: Incoming,
  { moved, step, changes, settings }: Decided,
): NewTask[] {
  const [own] = keys
  const provider = moved?.key.provider ?? own?.provider ?? event?.provider
  const open = (key: string, kind: NewTask['kind'], why: string, paymentId?: string): NewTask => ({
    key,
    kind,
    order: order?.id,
    provider,
    paymentId: paymentId ?? moved?.key.id,
    why,
  })
  const tasks: NewTask[] = []
  if (content.kind === 'unreadable' && event)
    tasks.push(open(`unreadable/${event.provider}/${event.id}`, 'unreadable', content.why))
  if (content.kind === 'polled' && content.isWrongKey && own) {
    const why = 'the provider cannot look this key up: watch the order with the id of its payment'
    const key = `key/${own.provider}/${own.kind}/${own.value}`
    tasks.push(open(key, 'investigate', why, own.kind === 'id' ? own.value : undefined))
  }
  if (content.kind === 'recheck' && event && own && order && !settings.canLookUp(own))
    tasks.push(open(`recheck/${event.provider}/${event.id}`, 'investigate', content.why))
  if (content.kind === 'dispute' && event && content.event.dispute.proven === false) {
    const why = 'only unsigned fields connect this dispute to the payment: check it at the provider'
    tasks.push(open(`dispute/${event.provider}/${event.id}`, 'investigate', why))
  }
  const investigated = changes.find(({ step: isAbout }) => isAbout?.decision.step.kind === 'investigate')
  if (investigated && step?.decision.step.kind === 'investigate') {
    const { row } = investigated
    tasks.push(
      open(`investigate/${paymentKey(row)}/${row.version}`, 'investigate', step.decision.step.why, row.id),
    )
  }
  if (!moved || !order) return tasks
  const payment = moved.report.payment
  const was = moved.before?.report.payment
  if (payment.conflict && !was?.conflict) {
    const why = 'a lookup contradicted the recorded state: compare the payment with the provider’s dashboard'
    tasks.push(open(`conflict/${paymentKey(moved.key)}/${moved.before?.version ?? 0}`, 'investigate', why))
  }
  if (moved.recheck && !settings.canLookUp(targetOf(moved.key))) {
    const why = 'this provider has no lookups: compare the payment with its dashboard'
    tasks.push(open(`lookup/${paymentKey(moved.key)}`, 'investigate', why))
  }
  if (order.fulfilledBy === undefined) return tasks
  const { dispute } = payment
  if (dispute && blocksDelivery(dispute) && dispute.status !== was?.dispute?.status) {
    const isLost = dispute.status === 'lost'
    const why = isLost
      ? 'a dispute of this payment was lost after the order was delivered'
      : 'this payment is disputed, and the order is delivered'
    tasks.push(
      open(
        `dispute/${paymentKey(moved.key)}/${dispute.id ?? ''}/${isLost ? 'lost' : 'open'}`,
        'investigate',
        why,
      ),
    )
  }
  for (const { id, kind, status } of payment.operations ?? []) {
    const before = was?.operations?.find((other) => other.id === id)
    if (kind === 'refund' && status === 'failed' && before?.status !== 'failed')
      tasks.push(
        open(`refund/${paymentKey(moved.key)}/${id}`, 'investigate', 'a refund of this payment failed'),
      )
  }
  return tasks
}
