import type { LookupKey, PaymentHint, PaymentProvider, PaymentReport, WebhookEvent } from '../index.ts'

/** A JSON object as it was pasted. */
export type Fields = Readonly<Record<string, unknown>>

/** Result of reading a pasted text with a provider's own readers. */
export type Finding =
  | { readonly kind: 'hint'; readonly hint: PaymentHint }
  | {
      readonly kind: 'report'
      readonly report: PaymentReport
      /** True when a signature inside the answer was verified with the merchant's secret. */
      readonly isChecked?: boolean
      readonly note?: string
    }
  | { readonly kind: 'list'; readonly reports: readonly PaymentReport[]; readonly unread: number }
  | { readonly kind: 'webhook'; readonly event: WebhookEvent; readonly signature: SignatureCheck }
  /** An answer to a capture, a void or a refund: it names a payment and states none of its statuses. */
  | { readonly kind: 'operation'; readonly what: string; readonly key?: LookupKey | undefined }
  | {
      readonly kind: 'problem'
      readonly what: string
      readonly code?: string | undefined
      readonly key?: LookupKey | undefined
    }

/** State of a webhook's signature. `not_checked`: the header or the secret to check it with is missing. */
export type SignatureCheck = 'valid' | 'invalid' | 'not_checked'

export interface ExplainReadOptions {
  /** The text as it was pasted: a signature covers its bytes. */
  readonly rawBody: string
  readonly headers: Readonly<Record<string, string>> | undefined
  /** A provider with the merchant's own secrets, if one is configured. */
  readonly configured: PaymentProvider | undefined
  /** The request that was answered, for an answer that does not repeat it. */
  readonly sent: Fields | undefined
  readonly integration: 'direct' | 'hosted' | undefined
}

/** A provider's part of `explain`: recognizes the provider's shapes and reads them with the provider's own readers. */
export interface ProviderExplanation {
  readonly provider: string
  /** The provider's name as people write it. */
  readonly title: string
  /** Returns true for the query of a return URL of this provider. */
  ownsQuery(query: URLSearchParams): boolean
  /** Returns true for a JSON object in one of this provider's shapes. */
  owns(body: Fields): boolean
  readReturn(url: URL): Finding
  readBody(body: Fields, options: ExplainReadOptions): Promise<Finding>
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function hasPrefix(value: unknown, ...prefixes: readonly string[]): boolean {
  return isText(value) && prefixes.some((prefix) => value.startsWith(prefix))
}

/** Returns a `fetch` that answers every request with a pasted body, so a provider's own lookup reads it offline. */
export function answerWith(body: unknown): (input: string | URL | Request) => Promise<Response> {
  return async () => Response.json(body)
}

/** Reads each row alone. A row that cannot be read is counted; rows of one payment become one report. */
export async function explainRows(
  rows: readonly unknown[],
  read: (row: Fields) => Promise<PaymentReport>,
): Promise<Finding> {
  const reports = new Map<string, PaymentReport>()
  let unread = 0
  for (const row of rows) {
    try {
      if (!isFields(row)) throw new TypeError('a row must be an object')
      const report = await read(row)
      reports.set(report.payment.id, { ...report, source: 'list' })
    } catch {
      unread++
    }
  }
  return { kind: 'list', reports: [...reports.values()], unread }
}

/**
 * Reads a webhook and verifies its signature when the merchant's secret and the headers are present. Otherwise
 * `readUnchecked` reads it, signed again with a made-up key, and the finding says that it was not checked.
 */
export async function explainWebhook(
  { rawBody, headers, configured }: ExplainReadOptions,
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
    // Any other error means that no secret is configured, so the signature was never tried.
    const signature = code === 'invalid_signature' ? 'invalid' : 'not_checked'
    return { kind: 'webhook', event: await readUnchecked(), signature }
  }
}
