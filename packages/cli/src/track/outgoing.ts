import { PaymentError } from '@payment-status/core'
import type { Change, Reconciliation, Task, TrackedDispute, UnmatchedPayment } from '@payment-status/tracker'
import { Webhook } from 'standardwebhooks'
import { inputError } from '../errors.ts'

/** A message to the shop. */
export type Outgoing =
  | { readonly type: 'payment.changed'; readonly data: Change }
  | { readonly type: 'payment.disputed'; readonly data: TrackedDispute }
  | { readonly type: 'payment.unmatched'; readonly data: UnmatchedPayment }
  | { readonly type: 'task.opened' | 'task.closed'; readonly data: Task }
  | { readonly type: 'day.reconciled'; readonly data: Reconciliation }

export interface Sender {
  /** Rejects unless the shop answers 2xx. The tracker then sends the same message again, under the same key. */
  send(key: string, outgoing: Outgoing): Promise<void>
}

export interface SenderOptions {
  readonly url: string
  /** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks defines it. */
  readonly secret: string
  readonly signal: AbortSignal
}

const TIMEOUT_IN_MILLISECONDS = 15_000
const SECRET_BYTES = { least: 24, most: 64 } as const

/** Checks where changes go. Throws `invalid_input` for a URL that is not http(s) or holds credentials. */
export function readTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined
  if (!target || !/^https?:$/.test(target.protocol))
    throw inputError('CHANGES_URL must be an http or https URL')
  if (target.username !== '' || target.password !== '')
    throw inputError(
      'CHANGES_URL must not hold a user name or a password: they would be ignored. The receiver checks the signature instead',
    )
  return target
}

/**
 * Returns a sender that POSTs messages to the shop, signed as Standard Webhooks defines
 * (https://www.standardwebhooks.com): receivers exist in a dozen languages. Throws `invalid_input` for a URL or a secret
 * that cannot be right.
 */
export function createSender({ url, secret, signal }: SenderOptions): Sender {
  const target = readTarget(url)
  const webhook = createWebhook(secret)
  return {
    async send(key, { type, data }) {
      const now = new Date()
      const body = JSON.stringify({ type, timestamp: now.toISOString(), data })
      const id = toHeaderValue(key)
      const answer = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': webhook.sign(id, now, body),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS)]),
      }).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok) return
      const isRedirect = answer !== undefined && answer.status >= 300 && answer.status < 400
      const why = answer ? `answered ${answer.status}` : 'did not answer'
      const hint = isRedirect ? '. Let CHANGES_URL name the address it redirects to' : ''
      throw new PaymentError({
        code: 'unavailable',
        provider: 'shop',
        message: `the shop ${why}: the message is sent again later${hint}`,
      })
    },
  }
}

/** A header carries printable ASCII. Names of providers may hold anything, so other characters are percent-encoded. */
export function toHeaderValue(key: string): string {
  return key.replaceAll(/[^\x21-\x7e]|%/gu, (character) =>
    encodeURIComponent(character.replace(/\p{Cs}/u, '\uFFFD')),
  )
}

function createWebhook(secret: string): Webhook {
  const [, encoded = ''] = /^whsec_([A-Za-z\d+/]+={0,2})$/.exec(secret) ?? []
  const { length } = Buffer.from(encoded, 'base64')
  if (length < SECRET_BYTES.least || length > SECRET_BYTES.most)
    throw inputError(
      'CHANGES_SECRET must be whsec_ followed by base64 of 24 to 64 bytes. Make one: echo "whsec_$(openssl rand -base64 32)"',
    )
  return new Webhook(secret)
}
