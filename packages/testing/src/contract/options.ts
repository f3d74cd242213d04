import type { Fetch, PaymentProvider, PaymentStatus, WebhookDelivery } from '@payment-status/core'
import type { ProviderFixtures } from '@payment-status/core/kit'

/** Configuration that the suite gives to `create`: the fixtures' secrets (some wrong on purpose) and its own settings. */
export type ContractConfig<Secrets> = { readonly [Name in keyof Secrets]: string } & {
  readonly fetch: Fetch
  readonly name?: string
  readonly timeoutMs?: number
  readonly retries?: number
  readonly keepRaw?: boolean
}

/** Exception of a fixture from the contract. Each one needs a reason in a comment. */
export interface FixtureException {
  /** Its webhook does not report the payment's status, but a dispute or something unrelated. */
  readonly webhook?: 'dispute' | 'unrelated'
  /** Its sources do not state the same amount, or the same reference. */
  readonly differs?: ReadonlyArray<'amount' | 'reference'>
  /** The provider's list does not hold it. */
  readonly list?: 'left out'
  /** The provider's query API does not hold it: only a response or a webhook states its status. */
  readonly lookup?: 'left out'
}

/** The sources a fixture may have. */
export type FixtureSource = 'clientResult' | 'returnUrl' | 'response' | 'webhook'

/** Options of the contract suite for one provider. */
export interface ProviderContractOptions<
  Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly fixtures: ProviderFixtures<Secrets>
  /** Makes the provider: spread the configuration into `create<Provider>`. */
  readonly create: (config: ContractConfig<Secrets>) => PaymentProvider
  /** An id of the right form that the provider has no payment for. */
  readonly unknownId: string
  /** A status the provider never says, as one of the fixtures says it: it must be read as `unknown`, and kept in `facts`. */
  readonly newWord: string
  /** The canonical statuses this provider has no words for. */
  readonly withoutFixture?: readonly PaymentStatus[] | undefined
  /** The sources none of these fixtures has. */
  readonly withoutSource?: readonly FixtureSource[] | undefined
  /** The provider's response to a query for an id it does not have. Default: 404 without a body. */
  readonly notFound?: (() => Response) | undefined
  /** Ids that are wrong for this provider in particular. The suite has general ones. */
  readonly malformedIds?: readonly string[] | undefined
  /** Which of the fixtures' secrets webhooks are signed with. Default `['webhookSecrets']`. */
  readonly webhookSecrets?: ReadonlyArray<keyof Secrets & string> | undefined
  /** Returns another secret of the form that `create` accepts. By default one character in the middle is another one. */
  readonly anotherSecret?: ((secret: string) => string) | undefined
  /** Takes the signature off a delivery. By default all of its headers are dropped. */
  readonly withoutSignature?: ((delivery: WebhookDelivery) => WebhookDelivery) | undefined
  /**
   * The part of a delivery that the provider signs, where that is not the whole body: changes outside of it need not be
   * noticed. The suite fails for a fixture of which it can change no signed part.
   */
  readonly signedPart?: ((delivery: WebhookDelivery) => string) | undefined
  /** By the fixture's title. */
  readonly exceptions?: Readonly<Record<string, FixtureException>> | undefined
}
