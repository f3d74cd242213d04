export * from '@payment-status/core'
export * from './payments.ts'
