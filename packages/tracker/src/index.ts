// Adapters for the shop's own transaction.
export { fromBunSql, fromDrizzle, fromKnex, fromKysely, fromPrisma } from 'pg-boss'
export { fromPool } from './database/pool.ts'
export { fromPostgresJs, fromPostgresJsTransaction } from './database/postgres-js.ts'
export { migrations } from './migrations/migrate.ts'
export { type ObservedOutbox, type ObservedPoll, type ObservedTracker, observeTracker } from './observed.ts'
export { shardMigrations } from './shards/directory.ts'
export {
  createShardedTracker,
  type ShardedHealth,
  type ShardedTracker,
  type ShardedTrackerOptions,
} from './shards/sharded-tracker.ts'
export type { Database, Sql, Transaction } from './store/sql.ts'
export { createTracker } from './tracker.ts'
export {
  type Change,
  type DayStatistics,
  type DayVolume,
  type Evidence,
  type Health,
  type IngestResult,
  type OrderPage,
  type OrderQuery,
  type OrderState,
  type OrderView,
  type PaymentTarget,
  type PaymentView,
  type ProviderLimit,
  type Receipts,
  type Reconciliation,
  type Statistics,
  type Task,
  type TaskKind,
  type ThreeDSecureStatistics,
  type TrackedDispute,
  type TrackedOrder,
  type TrackedPayments,
  type Tracker,
  type TrackerOptions,
  taskKinds,
  type UnmatchedPage,
  type UnmatchedPayment,
  type UnmatchedQuery,
  type UnwatchResult,
  type WorkOptions,
} from './types.ts'
