import { PaymentError } from '@payment-status/core'
import type { Change, Reconciliation, Task, TrackedDispute } from '@payment-status/tracker'
import { Webhook } from 'standardwebhooks'
import { inputError } from '../errors.ts'

/** What the shop is told, and in which words. */
export type Outgoing =
  | { readonly type: 'payment.changed'; readonly data: Change }
  | { readonly type: 'payment.disputed'; readonly data: TrackedDispute }
  | { readonly type: 'task.opened' | 'task.closed'; readonly data: Task }
  | { readonly type: 'day.reconciled'; readonly data: Reconciliation }

export interface Sender {
  /** Rejects unless the shop answered 2xx: then the same is sent again later, under the same key. */
  send(key: string, outgoing: Outgoing): Promise<void>
}

export interface SenderOptions {
  readonly url: string
  /** `whsec_` and base64, as Standard Webhooks has it. */
  readonly secret: string
  readonly signal: AbortSignal
}

/** How long a shop may take to answer. */
const TIMEOUT_IN_MILLISECONDS = 15_000

/**
 * POSTs changes to the shop, signed as Standard Webhooks says (https://www.standardwebhooks.com): receivers exist in a
 * dozen languages. Throws `invalid_input` for a URL or a secret that cannot be right.
 */
export function createSender({ url, secret, signal }: SenderOptions): Sender {
  const target = URL.canParse(url) ? new URL(url) : undefined
  if (!target || !/^https?:$/.test(target.protocol))
    throw inputError('CHANGES_URL must be an http or https URL')
  const webhook = createWebhook(secret)
  return {
    async send(key, { type, data }) {
      const now = new Date()
      const body = JSON.stringify({ type, timestamp: now.toISOString(), data })
      const answer = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': key,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': webhook.sign(key, now, body),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS)]),
      }).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok) return
      const why = answer ? `answered ${answer.status}` : 'did not answer'
      throw new PaymentError({
        code: 'unavailable',
        provider: 'shop',
        message: `the shop ${why} to a change`,
      })
    },
  }
}

function createWebhook(secret: string): Webhook {
  const isEncoded = /^whsec_[A-Za-z\d+/]{16,}={0,2}$/.test(secret)
  if (!isEncoded) throw inputError('CHANGES_SECRET must be whsec_ followed by base64 of 24 to 64 bytes')
  return new Webhook(secret)
}
