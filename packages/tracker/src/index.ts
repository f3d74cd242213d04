// The shop's own transaction, from what it is written with.
export { fromBunSql, fromDrizzle, fromKnex, fromKysely, fromPrisma } from 'pg-boss'
export { fromPool } from './database/pool.ts'
export { fromPostgresJs, fromPostgresJsTransaction } from './database/postgres-js.ts'
export { migrations } from './migrate.ts'
export { type ObservedOutbox, type ObservedPoll, type ObservedTracker, observeTracker } from './observed.ts'
export type { Database, Sql, Transaction } from './sql.ts'
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
  type WorkOptions,
} from './types.ts'
