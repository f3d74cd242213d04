import type { Change, Tracker } from '@payment-status/tracker'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly contentType: string
  /** Prometheus text, with the tracker's health of this moment. */
  read(): Promise<string>
  countChange(change: Change): void
  countSent(type: string, outcome: 'ok' | 'failed'): void
  countError(code: string): void
  observeRequest(route: string, method: string, status: number, seconds: number): void
}

const PREFIX = 'payment_status_'

/** Names, outcomes and durations: never an id, never a payload. */
export function createMetrics(tracker: Pick<Tracker, 'health'>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string) => new Gauge({ name: PREFIX + name, help, registers })
  const backlog = gauge('backlog', 'Changes, disputes and tasks that wait to be handed over')
  const oldest = gauge('oldest_change_seconds', 'How long the oldest of them has waited')
  const blocked = gauge('blocked_orders', 'Orders whose later changes wait for one that failed')
  const overdue = gauge('overdue_polls', 'Polls that should have been made a minute ago')
  const paused = gauge('paused_providers', 'Providers that asked to be left alone for a while')
  const changes = new Counter({
    name: `${PREFIX}changes_total`,
    help: 'Versions of watched payments that were handed over, each attempt counted',
    labelNames: ['provider', 'status', 'step'],
    registers,
  })
  const sent = new Counter({
    name: `${PREFIX}sent_total`,
    help: 'What was sent to the shop, by kind and outcome',
    labelNames: ['type', 'outcome'],
    registers,
  })
  const errors = new Counter({
    name: `${PREFIX}errors_total`,
    help: 'What went wrong',
    labelNames: ['code'],
    registers,
  })
  const requests = new Histogram({
    name: `${PREFIX}request_seconds`,
    help: 'Requests to this service',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  return {
    contentType: registry.contentType,
    async read() {
      const health = await tracker.health()
      backlog.set(health.backlog)
      oldest.set((health.oldestChangeMs ?? 0) / 1000)
      blocked.set(health.blocked)
      overdue.set(health.overduePolls)
      paused.set(health.pausedProviders.length)
      return registry.metrics()
    },
    countChange: ({ report: { payment }, step }) =>
      changes.inc({ provider: payment.provider, status: payment.status, step: step?.kind ?? 'none' }),
    countSent: (type, outcome) => sent.inc({ type, outcome }),
    countError: (code) => errors.inc({ code }),
    observeRequest: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
  }
}
