/** Conversion of a dispute. @module */
import type { Dispute, DisputeStatus } from '@payment-status/core'
import { isOneOf, omitUndefined, readInstant } from '@payment-status/core/kit'
import { match } from 'ts-pattern'
import type { AcmePayCharge } from './schema.ts'
import { acmePayDisputeStates } from './vocabulary.ts'

/** Converts a dispute. Throws `invalid_payload` for a time that is not valid. */
export function toDispute(
  { id, state, at }: NonNullable<AcmePayCharge['dispute']>,
  provider: string,
): Dispute {
  const updatedAt = readInstant(at, { provider, path: 'dispute.at' })
  return omitUndefined<Dispute>({ id, status: toDisputeStatus(state), updatedAt })
}

function toDisputeStatus(state: string): DisputeStatus {
  if (!isOneOf(acmePayDisputeStates, state)) return 'unknown'
  return match(state)
    .returnType<DisputeStatus>()
    .with('opened', () => 'needs_response')
    .with('lost', () => 'lost')
    .with('won', () => 'won')
    .exhaustive()
}
