export * from '@payment-status/core'
export * from './environment.ts'
export * from './payments.ts'
