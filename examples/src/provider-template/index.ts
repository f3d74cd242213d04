/** The public names of the package. @module */
export { type AcmePayConfig, type AcmePayProvider, createAcmePay } from './provider.ts'
export { type StatusFacts, toPaymentStatus, toRefundStatus } from './status.ts'
export * from './vocabulary.ts'
export { signWebhook } from './webhook.ts'
