/** Counts above 200 are of the last sweep, which runs every minute, and stop at 100,000. `unmatched` is always exact. */
export interface Health {
  /** Changes, disputes, tasks and unmatched payments that wait to be delivered. */
  readonly backlog: number
  /** How long the oldest of them has waited. */
  readonly oldestChangeMs?: number
  /** Streams whose handler failed, and whose later changes wait. */
  readonly blocked: number
  /** Polls that should have been made a minute ago. */
  readonly overduePolls: number
  /** Payments with money that belong to no tracked order. */
  readonly unmatched: number
  readonly openTasks: number
  /** Open tasks for webhooks that could not be read or stored. */
  readonly unreadable: number
  readonly pausedProviders: readonly { readonly provider: string; readonly until: string }[]
  /** The sweep runs every minute. */
  readonly lastSweepAt?: string
  /** `endedAt` is absent while comparisons are under way. */
  readonly lastNight?: { readonly startedAt: string; readonly endedAt?: string }
  /** Comparisons of days that are under way, with the part they have come to. */
  readonly comparisons: readonly {
    readonly provider: string
    readonly day: string
    readonly part: string
    readonly attempts: number
    readonly startedAt: string
  }[]
  /** Processes that called `work()`, seen within a day. Each is seen every 30 seconds. */
  readonly workers: readonly { readonly id: string; readonly startedAt: string; readonly seenAt: string }[]
}
