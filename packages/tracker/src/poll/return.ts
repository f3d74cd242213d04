import { isPaymentError, type LookupKey, outcomeOf } from '@payment-status/core'
import { type Context, providerOf } from '../context.ts'
import { notFoundError } from '../errors.ts'
import { limits } from '../retry.ts'
import { type TargetKey, toTarget } from '../store/rows.ts'
import { storable } from '../store/sql.ts'
import { readOrderOfTarget, readTargetsOf } from '../store/targets.ts'
import type { OrderView } from '../types/order.ts'
import { readOrder } from '../views/order.ts'
import { type RequestDetails, request } from './poll.ts'
import { awaitTurn, backOff, reserveSlot, sleepUnless } from './rate-limit.ts'

/** Milliseconds before each further request, while the shopper looks at the page. */
const WAITS_IN_MILLISECONDS = [0, 700, 1_300, 2_000]

export interface ReturnOptions {
  /** The order that the shop knows the shopper by. */
  readonly order?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Returns the order's view for the page that the shopper returns to: asks the provider now, and again for a few seconds
 * while nothing is decided. What cannot be asked in that time is not waited for.
 */
export async function handleReturn(
  context: Context,
  provider: string,
  url: string | URL,
  { order: given, signal: outer }: ReturnOptions,
): Promise<OrderView> {
  const until = performance.now() + limits.returnPage
  const limit = AbortSignal.timeout(limits.returnPage)
  const signal = outer ? AbortSignal.any([outer, limit]) : limit
  const key = readKey(context, provider, url, given)
  const named = key && toTarget(provider, key)
  let target = named && { ...named, value: storable(named.value) }
  // The operations of a key state what its id is: without them, Onerway's would be requested as a paymentId first.
  const listed = key && 'operations' in key ? key.operations : undefined
  let order = target && (await readOrderOfTarget(context.database, target))
  let view: OrderView | undefined
  for (const wait of WAITS_IN_MILLISECONDS) {
    await sleepUnless(wait, signal)
    outer?.throwIfAborted()
    const targets = target
      ? [target]
      : given === undefined
        ? []
        : await readTargetsOf(context.database, given, provider)
    const asked = await ask(context, targets, { listed }, signal, until)
    outer?.throwIfAborted()
    order ??= asked.order
    // The payment that an operation's id led to is looked up by its own id from then on, with what is recorded of it.
    if (target?.kind === 'id') target = asked.payment ?? target
    refuseOther(given, order)
    view = await readOrder(context, order ?? given ?? '')
    const isDecided = view?.orderStatus.deciding && outcomeOf(view.orderStatus.status) !== 'undecided'
    // One request for what belongs to no order, and none while the provider is paused.
    if (isDecided || asked.isPaused || order === undefined || limit.aborted) break
  }
  if (view) return view
  throw notFoundError('the return URL belongs to no tracked order. Watch the order before the shopper leaves')
}

/** Reads the key of the URL. One that names nothing is enough where the shop names the order. */
function readKey(
  context: Context,
  provider: string,
  url: string | URL,
  given: string | undefined,
): LookupKey | undefined {
  const named = providerOf(context, provider)
  try {
    const { key } = named.readReturn(url)
    if (key || given !== undefined) return key
  } catch (error) {
    if (given === undefined || !isPaymentError(error)) throw error
    return undefined
  }
  throw notFoundError('the return URL names no payment. Pass { order }, or read the order by its own id')
}

/** An order that the shopper's URL leads to must be the shopper's own. */
function refuseOther(given: string | undefined, found: string | undefined): void {
  if (given === undefined || found === undefined || given === found) return
  throw notFoundError('the payment of the return URL belongs to another order')
}

interface Asked {
  readonly order: string | undefined
  /** The payment of the last answer. */
  readonly payment: TargetKey | undefined
  readonly isPaused: boolean
}

async function ask(
  context: Context,
  targets: readonly TargetKey[],
  details: RequestDetails,
  signal: AbortSignal,
  until: number,
): Promise<Asked> {
  let order: string | undefined
  let payment: TargetKey | undefined
  for (const target of targets) {
    const wait = await reserveSlot(context, target.provider, Math.max(0, until - performance.now()))
    if (wait === undefined) return { order, payment, isPaused: true }
    await sleepUnless(wait, signal)
    try {
      const answers = await request(context, target, signal, details)
      const [found] = answers
      if (found) payment = { ...target, kind: 'id', value: storable(found.report.payment.id) }
      order ??= answers.find((answer) => answer.order !== undefined)?.order
    } catch (error) {
      // The recorded state is shown all the same, and the planned polls go on.
      if (isPaymentError(error) && error.retryable) await backOff(context, target.provider, error)
      else if (!signal.aborted && !isPaymentError(error)) throw error
    }
    if (signal.aborted) break
  }
  return { order, payment, isPaused: false }
}

/** Asks for all payments of an order, now. Rejects as the provider's lookup; what was ingested until then is kept. */
export async function refreshOrder(context: Context, order: string, signal: AbortSignal): Promise<OrderView> {
  const targets = await readTargetsOf(context.database, order)
  if (targets.length === 0) throw notFoundError('no order with this id was ever watched')
  for (const target of targets) {
    const { options, settings } = context
    // The poller reports a provider that was removed from the configuration. The others are asked all the same.
    if (!settings.canLookUp(target) || !options.payments.has(target.provider)) continue
    await awaitTurn(context, target.provider, signal)
    await request(context, target, signal).catch((error: unknown) => {
      if (!isPaymentError(error) || error.code !== 'not_found') throw error
    })
  }
  const view = await readOrder(context, order)
  if (!view) throw notFoundError('no order with this id was ever watched')
  return view
}
