import type { WebhookDelivery } from '../model/evidence.ts'

/**
 * Fields of one provider's bodies and queries that a recording keeps, by name. A value is kept only where it also has the form
 * of its kind. Everything else, names of unlisted fields included, is replaced.
 */
export interface AllowedFields {
  /** Objects and arrays whose fields are read by this same list. The content of any other object is replaced whole. */
  readonly objects?: readonly string[]
  /** Objects with a list of their own, because a shop or a shopper can write into them. */
  readonly within?: Readonly<Record<string, AllowedFields>>
  /** Words of the provider's vocabulary, and new ones that are built like them. */
  readonly words?: readonly string[]
  /** Short codes: `05`, `20051`, `10.4`. */
  readonly codes?: readonly string[]
  /** Versions: `2.2.0`, `2026-07-29.dahlia`. */
  readonly versions?: readonly string[]
  /** Ids and references: replaced by the same synthetic id in every file of a recording. */
  readonly ids?: readonly string[]
  /** Amounts and rates below a thousand million. */
  readonly amounts?: readonly string[]
  /** Instants since 2010, and offsets from UTC. */
  readonly times?: readonly string[]
  /** Small numbers: sizes and numbers of pages. */
  readonly counts?: readonly string[]
  readonly currencies?: readonly string[]
  readonly countries?: readonly string[]
  readonly flags?: readonly string[]
  /** URLs: their host and ids are replaced. */
  readonly urls?: readonly string[]
  /** Texts that hold JSON, which is read by this same list. */
  readonly json?: readonly string[]
  /** Searches such as `metadata['order_id']:'order-1001'`. */
  readonly searches?: readonly string[]
}

/** Words and ids of a provider, as its recordings write them. */
export interface Spelling {
  /** Every documented word. */
  readonly vocabulary: readonly string[]
  /** Form of a word that is not documented yet. It has no digits. */
  readonly word: RegExp
  /** Prefixes of ids that are kept: `pi_`. */
  readonly prefixes: readonly string[]
  /** Words in the paths of the query API. */
  readonly paths: readonly string[]
  /** Fields that name the merchant's account, by the name of the test credential that they become. */
  readonly accounts?: Readonly<Record<string, string>>
  /** True where an id of 19 digits holds the moment it was made in its upper bits. */
  readonly hasSnowflakes?: boolean
}

/** Synthetic credentials of a provider's simulation. */
export type TestSecrets = Readonly<Record<string, string>>

/** Content that a recording keeps of one provider, and how its deliveries are signed again. */
export interface ProviderRecording {
  readonly provider: string
  /** Where the sandbox's query API is. `<PROVIDER>_BASE_URL` replaces it. */
  readonly sandbox: string
  readonly fields: AllowedFields
  readonly spelling: Spelling
  sign(body: string, secrets: TestSecrets): Promise<WebhookDelivery>
  /** Exchange of keys for a token: never recorded, and answered by `replay` itself. */
  readonly login?: { readonly path: string; answer(): unknown }
  /** Certificates that deliveries are verified with: passed on, never recorded, and answered by `replay` itself. */
  readonly certificates?: { readonly path: string; readonly sandbox: string; answer(): string }
}

/** Returns the words of all lists that a provider's package exports. */
export function listWords(exported: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.values(exported).flatMap((words) =>
    Array.isArray(words) ? (words as readonly string[]) : [],
  )
}
