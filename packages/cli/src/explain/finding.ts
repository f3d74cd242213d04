import type {
  LookupKey,
  PaymentHint,
  PaymentProvider,
  PaymentReport,
  WebhookEvent,
} from '@payment-status/core'

/** A JSON object as it was pasted. */
export type Fields = Readonly<Record<string, unknown>>

/** What a pasted text turned out to be, by the provider's own readers. */
export type Finding =
  | { readonly kind: 'hint'; readonly hint: PaymentHint }
  | {
      readonly kind: 'report'
      readonly report: PaymentReport
      readonly isChecked?: boolean
      readonly note?: string
    }
  | { readonly kind: 'list'; readonly reports: readonly PaymentReport[]; readonly unread: number }
  | { readonly kind: 'webhook'; readonly event: WebhookEvent; readonly signature: SignatureCheck }
  | {
      readonly kind: 'problem'
      readonly what: string
      readonly code?: string | undefined
      readonly key?: LookupKey | undefined
    }

/** `not_checked`: there was no header, or no secret, to check it with. */
export type SignatureCheck = 'valid' | 'invalid' | 'not_checked'

export interface ReadOptions {
  /** The text as it was pasted: a signature is over its bytes. */
  readonly rawBody: string
  readonly headers: Readonly<Record<string, string>> | undefined
  /** A provider with the merchant's own secrets, where there is one. */
  readonly configured: PaymentProvider | undefined
  /** What was sent, for an answer that does not repeat it. */
  readonly sent: Fields | undefined
  readonly integration: 'direct' | 'hosted' | undefined
}

/** How one provider's shapes are told from another's. */
export interface Reader {
  readonly provider: string
  readonly title: string
  /** Whether the query of a return URL is one of this provider's. */
  ownsQuery(query: URLSearchParams): boolean
  owns(body: Fields): boolean
  load(): Promise<Reading>
}

/** What one provider's shapes say, by its own readers. */
export interface Reading {
  readReturn(url: URL): Finding
  readBody(body: Fields, options: ReadOptions): Promise<Finding>
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Answers every question of a provider with what was pasted: so that its own lookup reads it, and nothing is asked. */
export function answerWith(body: unknown): (input: string | URL | Request) => Promise<Response> {
  return async () => Response.json(body)
}

/** Each row by itself, in its own order: one that cannot be read costs itself, and one payment is one however many rows it has. */
export async function readRows(
  rows: readonly unknown[],
  read: (row: Fields) => Promise<PaymentReport>,
): Promise<Finding> {
  const reports = new Map<string, PaymentReport>()
  let unread = 0
  for (const row of rows) {
    try {
      if (!isFields(row)) throw new TypeError('a row is an object')
      const report = await read(row)
      reports.set(report.payment.id, { ...report, source: 'list' })
    } catch {
      unread++
    }
  }
  return { kind: 'list', reports: [...reports.values()], unread }
}

/**
 * A webhook, verified where that can be: with the merchant's own secrets, and the headers it came with. Where it cannot be, it is
 * signed anew with a key made up on the spot and read all the same, and said to be unchecked.
 */
export async function readWebhookBody(
  { rawBody, headers, configured }: ReadOptions,
  readUnchecked: () => Promise<WebhookEvent>,
  { isSignedInside = false }: { readonly isSignedInside?: boolean } = {},
): Promise<Finding> {
  if (!configured || (headers === undefined && !isSignedInside)) {
    return { kind: 'webhook', event: await readUnchecked(), signature: 'not_checked' }
  }
  try {
    const event = await configured.readWebhook({ rawBody, headers: headers ?? {} })
    return { kind: 'webhook', event, signature: 'valid' }
  } catch (error) {
    const { code } = error as { readonly code?: string }
    // Without a secret nothing can be said of the signature; with one it was tried, and does not hold.
    const signature = code === 'invalid_signature' ? 'invalid' : 'not_checked'
    return { kind: 'webhook', event: await readUnchecked(), signature }
  }
}
