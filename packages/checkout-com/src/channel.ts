import { inputError } from '@payment-status/core/kit'

/** Processing channel that payments must belong to, and what a payment or an event states of its own. */
export interface ChannelContext {
  /** `processingChannelId` of the configuration. */
  readonly channel?: string | undefined
}

type Stated = string | number | null | undefined

/** Checks `processingChannelId`. Throws `invalid_input`. */
export function checkChannel(channel: string | undefined, provider: string): string | undefined {
  if (channel === undefined || channel === '') return undefined
  if (typeof channel === 'string' && /^\w{1,64}$/.test(channel)) return channel
  throw inputError(provider, '`processingChannelId` must be the id of a processing channel (pc_…)')
}

/** Returns whether a body states a channel that is not the configured one: it belongs to another shop of the account. */
export function isOtherChannel(stated: Stated, { channel }: ChannelContext): boolean {
  if (channel === undefined || !stated) return false
  return withoutPrefix(String(stated)) !== withoutPrefix(channel)
}

/** Returns whether a channel is configured and the body does not state one, so that only a lookup can decide. */
export function lacksChannel(stated: Stated, { channel }: ChannelContext): boolean {
  return channel !== undefined && !stated
}

/** One channel is `pc_…` in payments and `c_…` in Checkout.com's examples of disputes. */
function withoutPrefix(id: string): string {
  return id.replace(/^[a-z]+_/, '')
}
