import process from 'node:process'
import type { PaymentErrorCode } from '@payment-status/core'
import type { Change, Health, ShardedHealth, Tracker } from '@payment-status/tracker'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly contentType: string
  /** Returns Prometheus text, with the tracker's health at this moment. */
  read(): Promise<string>
  countChange(change: Change): void
  countSent(type: string, outcome: 'ok' | 'failed'): void
  countError(code: string): void
  observeRequest(route: string, method: string, status: number, seconds: number): void
}

const PREFIX = 'payment_status_'
const errorCodes = [
  'invalid_input',
  'invalid_payload',
  'invalid_signature',
  'not_found',
  'unauthorized',
  'rejected',
  'rate_limited',
  'unavailable',
  'unsupported',
] as const satisfies readonly PaymentErrorCode[]
/** A worker is seen every 30 seconds. */
const ALIVE_IN_MILLISECONDS = 120_000

/** Returns the age of an instant; the age of this process for a part that has never run. */
function secondsSince(instant: string | undefined): number {
  return instant === undefined ? process.uptime() : (Date.now() - Date.parse(instant)) / 1000
}

/** Creates the metrics. Labels are names, outcomes and routes: never an id, never a payload. */
export function createMetrics(tracker: Pick<Tracker, 'health'>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string) => new Gauge({ name: PREFIX + name, help, registers })
  const backlog = gauge(
    'backlog',
    'Changes, disputes, tasks and unmatched payments that wait to be delivered',
  )
  const oldest = gauge('oldest_change_seconds', 'Age of the oldest message that waits')
  const blocked = gauge('blocked_orders', 'Orders whose later changes wait for one that failed')
  const overdue = gauge('overdue_polls', 'Polls that are more than a minute late')
  const paused = gauge('paused_providers', 'Providers that are paused after an error or a rate limit')
  const unmatched = gauge('unmatched_payments', 'Payments with money that belong to no tracked order')
  const tasks = gauge('open_tasks', 'Tasks that wait for a person')
  const unreadable = gauge('unreadable_webhooks', 'Open tasks for webhooks that could not be read or stored')
  const sweep = gauge('last_sweep_seconds', 'Time since the last sweep; it runs every minute')
  const night = gauge('last_night_seconds', 'Time since a nightly comparison ended')
  const workers = gauge('workers', 'Processes that worked within the last two minutes')
  const startedAt = Math.round(Date.now() / 1000 - process.uptime())
  gauge('start_time_seconds', 'When this process started, in seconds since 1970').set(startedAt)
  const lostShards = gauge('unreachable_shards', 'Databases of shards that cannot be reached')
  const changes = new Counter({
    name: `${PREFIX}changes_total`,
    help: 'Changes delivered to the shop, each attempt counted',
    labelNames: ['provider', 'status', 'step'],
    registers,
  })
  const sent = new Counter({
    name: `${PREFIX}sent_total`,
    help: 'Messages sent to the shop',
    labelNames: ['type', 'outcome'],
    registers,
  })
  const errors = new Counter({
    name: `${PREFIX}errors_total`,
    help: 'Errors by code',
    labelNames: ['code'],
    registers,
  })
  // A counter that appears with its first event does not grow, so an alert on its growth would miss that event.
  for (const code of errorCodes) errors.inc({ code }, 0)
  const requests = new Histogram({
    name: `${PREFIX}request_seconds`,
    help: 'Duration of requests to this service',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  return {
    contentType: registry.contentType,
    async read() {
      const health: Health & Partial<ShardedHealth> = await tracker.health()
      backlog.set(health.backlog)
      oldest.set((health.oldestChangeMs ?? 0) / 1000)
      blocked.set(health.blocked)
      overdue.set(health.overduePolls)
      paused.set(health.pausedProviders.length)
      unmatched.set(health.unmatched)
      tasks.set(health.openTasks)
      unreadable.set(health.unreadable)
      sweep.set(secondsSince(health.lastSweepAt))
      night.set(secondsSince(health.lastNight?.endedAt ?? health.lastNight?.startedAt))
      const alive = Date.now() - ALIVE_IN_MILLISECONDS
      workers.set(health.workers.filter(({ seenAt }) => Date.parse(seenAt) > alive).length)
      lostShards.set((health.shards ?? []).filter(({ isReachable }) => !isReachable).length)
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
