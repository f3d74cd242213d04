import type { LookupKey } from '@payment-status/core'
import type { ReadContext } from './operation.ts'
import { idPattern, referencePattern } from './schema.ts'

/** Returns the key of a transaction: with `hosted`, it states that the id is a transaction's and not a paymentId. */
export function toTransactionKey(id: string, { integration }: Pick<ReadContext, 'integration'>): LookupKey {
  const isShared = integration.sharedId(id) !== undefined
  return isShared ? { id, operations: [{ id }] } : { id }
}

/** Returns the key of a merchantTxnId; `undefined` where it is not a valid one. */
export function toReferenceKey(reference: string | null | undefined): LookupKey | undefined {
  return reference && referencePattern.test(reference) ? { reference } : undefined
}

/** Returns an id; `undefined` where it is not a valid one. */
export function toId(id: string | null | undefined): string | undefined {
  return id && idPattern.test(id) ? id : undefined
}
