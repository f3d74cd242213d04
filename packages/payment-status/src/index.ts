export * from '@payment-status/core'
export * from './environment.ts'
export type { OrderStatusOptions, ReferenceDecision, ReferenceStatus } from './order-status.ts'
export * from './payments.ts'
