// The shop's own transaction, from what it is written with.
export { fromBunSql, fromDrizzle, fromKnex, fromKysely, fromPrisma } from 'pg-boss'
export { fromPool } from './database/pool.ts'
export { fromPostgresJs, fromPostgresJsTransaction } from './database/postgres-js.ts'
export { migrations } from './migrate.ts'
export type { Database, Sql, Transaction } from './sql.ts'
export { createTracker } from './tracker.ts'
export {
  type Change,
  type DayStatistics,
  type DayVolume,
  type Evidence,
  type Health,
  type Heard,
  type OrderPage,
  type OrderQuery,
  type OrderState,
  type OrderView,
  type PaymentView,
  type ProviderLimit,
  type Reconciliation,
  type Statistics,
  type Task,
  type TaskKind,
  type ThreeDSecureStatistics,
  type TrackedDispute,
  type TrackedPayments,
  type Tracker,
  type TrackerOptions,
  taskKinds,
  type Vouchers,
  type Watched,
  type WatchedPayment,
  type WorkOptions,
} from './types.ts'
