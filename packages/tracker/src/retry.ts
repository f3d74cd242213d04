const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** In milliseconds: the first pause, which doubles with every failure, and the longest. */
export interface Backoff {
  readonly first: number
  readonly longest: number
}

/** How long the tracker waits before it tries again. All of it is here. */
export const retries = {
  /** `onChange`, `onDispute`, `onTask` or `onReconciled` threw. */
  handler: { first: SECOND, longest: HOUR },
  /** A provider answers nobody: every lookup of it waits. */
  provider: { first: SECOND, longest: 5 * MINUTE },
  /** One lookup was refused for good. */
  lookup: { first: 2 * SECOND, longest: HOUR },
  /** The database could not be reached by a job. */
  job: { first: SECOND, longest: SECOND },
  /** The listening connection broke. */
  connection: { first: SECOND / 2, longest: 30 * SECOND },
  /** There is no receipt yet. */
  receipt: { first: 10 * MINUTE, longest: 10 * MINUTE },
  /** There is still no receipt, and support was asked to help. */
  lateReceipt: { first: HOUR, longest: HOUR },
} satisfies Record<string, Backoff>

/** The pause after `failures` failures in a row, from 0. */
export function pauseAfter({ first, longest }: Backoff, failures: number): number {
  return Math.min(longest, first * 2 ** Math.min(failures, 30))
}

/** Later by up to a tenth, so that many orders of one minute do not ask in step. */
export function withJitter(milliseconds: number): number {
  return milliseconds * (1 + Math.random() * 0.1)
}
