// Adapters for the shop's own transaction.
export { fromBunSql, fromDrizzle, fromKnex, fromKysely, fromPrisma } from 'pg-boss'
export { fromPool } from './database/pool.ts'
export { fromPostgresJs, fromPostgresJsTransaction } from './database/postgres-js.ts'
export { migrations } from './migrations/migrate.ts'
export { type ObservedOutbox, type ObservedPoll, type ObservedTracker, observeTracker } from './observed.ts'
export { shardMigrations } from './shards/directory.ts'
export {
  createShardedTracker,
  type ShardedTracker,
  type ShardedTrackerOptions,
} from './shards/sharded-tracker.ts'
export type { ShardedHealth } from './shards/views.ts'
export type { Database, Sql, Transaction } from './store/sql.ts'
export { createTracker } from './tracker.ts'
export type { Change, TrackedDispute } from './types/change.ts'
export type { Evidence, IngestResult } from './types/evidence.ts'
export type { Health } from './types/health.ts'
export type {
  ProviderLimit,
  Receipts,
  TrackedPayments,
  TrackerOptions,
  WorkOptions,
} from './types/options.ts'
export type {
  OrderPage,
  OrderQuery,
  OrderState,
  OrderView,
  PaymentTarget,
  PaymentView,
  TrackedOrder,
  UnwatchResult,
} from './types/order.ts'
export type {
  DayStatistics,
  DayVolume,
  Reconciliation,
  Statistics,
  ThreeDSecureStatistics,
} from './types/reconciliation.ts'
export { type Task, type TaskKind, taskKinds } from './types/task.ts'
export type { Tracker } from './types/tracker.ts'
export type { UnmatchedPage, UnmatchedPayment, UnmatchedQuery } from './types/unmatched.ts'
