const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** In milliseconds: the first pause, which doubles with every failure, and the longest. */
export interface Backoff {
  readonly first: number
  readonly longest: number
}

/** Every pause before a retry. */
export const retries = {
  /** A handler of the shop threw. */
  handler: { first: SECOND, longest: HOUR },
  /** A provider answers no request: every request to it waits. */
  provider: { first: SECOND, longest: 5 * MINUTE },
  /** A provider refused one lookup for good, or its answer could not be stored. */
  lookup: { first: 2 * SECOND, longest: HOUR },
  /** A worker could not reach the database. */
  worker: { first: SECOND / 2, longest: 10 * SECOND },
  /** The listening connection broke. */
  connection: { first: SECOND / 2, longest: 30 * SECOND },
  /** No receipt yet. */
  receipt: { first: 10 * MINUTE, longest: 10 * MINUTE },
  /** Still no receipt, and a task asks a person to contact support. */
  lateReceipt: { first: HOUR, longest: HOUR },
  /** A comparison of a day was interrupted by the provider. */
  comparison: { first: MINUTE, longest: HOUR },
} satisfies Record<string, Backoff>

/** A handler that ended its process so often is called once a day. A person has a task by then. */
export const ATTEMPTS_BEFORE_DAILY = 10

/** The longest pause a provider can ask for with `Retry-After`. */
export const LONGEST_RETRY_AFTER = HOUR

/** Every time limit, in milliseconds. */
export const limits = {
  /** One statement, from the client's side: after it the connection counts as lost. */
  statement: 10 * SECOND,
  /** A connection of the pool. */
  connection: 5 * SECOND,
  /** A lock that another transaction holds, such as the shop's. */
  lock: 5 * SECOND,
  /** One call of a handler. */
  handler: 30 * SECOND,
  /** One request to a provider by a worker. */
  poll: 40 * SECOND,
  /** A target that a worker has taken: longer than a poll takes. */
  pollLease: MINUTE,
  /** An outbox row that a worker has taken: longer than a handler takes. */
  handlerLease: 35 * SECOND,
  /** A comparison of a day that a worker has taken; renewed with every page. */
  comparisonLease: MINUTE,
  /** The longest wait for a turn at a provider, before the work is put off. */
  turn: 30 * SECOND,
  /** Everything together that a returning shopper waits for. */
  returnPage: 5 * SECOND,
  /** The health of a shard, once another has answered: load balancers wait no longer. */
  shardHealth: 2 * SECOND,
  /** A receipt. */
  receipt: 30 * SECOND,
  /** A receipt that a worker has taken: longer than a fetch takes. */
  receiptLease: 2 * MINUTE,
  /** `stop()`. */
  stop: 15 * SECOND,
} as const

/** Returns the pause after `failures` failures in a row, from 0. */
export function pauseAfter({ first, longest }: Backoff, failures: number): number {
  return Math.min(longest, first * 2 ** Math.min(failures, 30))
}

/** Returns a pause that is longer by up to a tenth, so that many orders of one minute are not polled in step. */
export function withJitter(milliseconds: number): number {
  return milliseconds * (1 + Math.random() * 0.1)
}

/** Rejects with `late` when `work` takes longer than `milliseconds`. The work goes on. */
export async function withLimit<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds)
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
