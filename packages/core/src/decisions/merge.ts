import type { Payment, PaymentOperation } from '../model/payment.ts'
import { outcomeOf, type PaymentStatus } from '../model/status.ts'
import { omitUndefined } from '../omit-undefined.ts'

const figures = ['authorized', 'captured', 'refunded'] as const

/** What is no statement about a payment, or is compared in a way of its own. */
const besides: readonly string[] = ['facts', 'updatedAt', 'createdAt', 'operations']

/**
 * Whether a payment states nothing that is not known yet. `facts` and `updatedAt` are no statements about the payment:
 * a webhook and a lookup have other words, and other times, for the same thing. Steps add nothing when each is among the
 * known ones.
 */
export function addsNothing(known: Payment, told: Payment): boolean {
  const { createdAt, operations } = told
  if (createdAt !== undefined && !isSameInstant(createdAt, known.createdAt)) return false
  return (
    includes(known, told, besides) &&
    (operations ?? []).every((step) => known.operations?.some((one) => includes(one, step)))
  )
}

/** Whether a figure is smaller than it was, or in another currency, where there is no telling. */
export function amountFalls(known: Payment, told: Payment): boolean {
  if (isOtherCurrency(known, told)) return true
  if (known.amount && told.amount && told.amount.amount < known.amount.amount) return true
  return figures.some((figure) => (told[figure] ?? Infinity) < (known[figure] ?? -Infinity))
}

/** Whether steps are stated and a known one is not among them. Stating none lacks none. */
export function lacksOperations(known: Payment, told: Payment): boolean {
  if (told.operations === undefined) return false
  const ids = new Set(told.operations.map(({ id }) => id))
  return (known.operations ?? []).some(({ id }) => !ids.has(id))
}

/**
 * What is told, and what was known and is not told anew. An action and a decline belong to the status they came with,
 * figures to the currency and the status they came with.
 */
export function mergePayments(known: Payment, told: Payment): Payment {
  const isSameStatus = known.status === told.status
  const keeps = (figure: (typeof figures)[number]) =>
    !isOtherCurrency(known, told) && outlives(figure, known.status, told.status)
  return omitUndefined<Payment>({
    ...known,
    action: isSameStatus ? known.action : undefined,
    decline: isSameStatus ? known.decline : undefined,
    authorized: keeps('authorized') ? known.authorized : undefined,
    captured: keeps('captured') ? known.captured : undefined,
    refunded: keeps('refunded') ? known.refunded : undefined,
    ...omitUndefined<Payment>({
      ...told,
      operations:
        known.operations && told.operations
          ? mergeOperations(known.operations, told.operations)
          : told.operations,
      method: known.method?.kind === told.method?.kind ? join(known.method, told.method) : told.method,
      authentication: join(known.authentication, told.authentication),
      trace: join(known.trace, told.trace),
    }),
  })
}

/** Members that come one by one: an approval states the authorization code, the capture after it the acquirer's number. */
function join<T extends object>(known: T | undefined, told: T | undefined): T | undefined {
  return known && told ? { ...known, ...told } : told
}

/** What is told in place of what was known: of that only what another source tells, and what never changes, survives. */
export function replacePayment(known: Payment, told: Payment): Payment {
  const { reference, createdAt, settlement, method, trace, dispute } = known
  const lasting = { reference, createdAt, settlement, method, trace, dispute }
  return { ...omitUndefined<Partial<Payment>>(lasting), ...omitUndefined<Payment>(told) }
}

/** What is known, with the steps it did not know of: a step that was named once is asked for ever after. */
export function rememberOperations(known: Payment, told: Payment): Payment {
  const ids = new Set(known.operations?.map(({ id }) => id))
  const news = (told.operations ?? []).filter(({ id }) => !ids.has(id))
  return news.length === 0 ? known : { ...known, operations: mergeOperations(known.operations ?? [], news) }
}

/** Joined by id, oldest first; the newer telling of a step stands. Those without a time keep their place. */
function mergeOperations(
  known: readonly PaymentOperation[],
  told: readonly PaymentOperation[],
): readonly PaymentOperation[] {
  const operations = new Map(known.map((step) => [step.id, step]))
  for (const step of told)
    operations.set(step.id, { ...operations.get(step.id), ...omitUndefined<PaymentOperation>(step) })
  const all = [...operations.values()]
  return all.every(({ at }) => at !== undefined)
    ? all.toSorted((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? ''))
    : all
}

/**
 * Whether a known figure still holds under a new status that comes without it. What was captured outlives refunds, but not
 * another capture; what was refunded does not outlive another refund. "Nothing captured" ends with the capture.
 */
function outlives(figure: (typeof figures)[number], was: PaymentStatus, is: PaymentStatus): boolean {
  if (was === is || figure === 'authorized') return true
  const isPaid = outcomeOf(is) === 'paid' || is === 'refunded'
  if (figure === 'refunded') return is !== 'partially_refunded' && is !== 'refunded'
  const wasWhole = was === 'captured' || was === 'partially_refunded' || was === 'refunded'
  return !isPaid || (wasWhole && is !== 'captured' && is !== 'partially_captured')
}

function isOtherCurrency(known: Payment, told: Payment): boolean {
  return Boolean(known.amount && told.amount && known.amount.currency !== told.amount.currency)
}

function isSameInstant(left: string, right: string | undefined): boolean {
  return left === right || Date.parse(left) === Date.parse(right ?? '')
}

/** Whether everything that a value states stands in the other as well: plain JSON, member by member, some left out. */
function includes(whole: unknown, part: unknown, leftOut: readonly string[] = []): boolean {
  if (part === undefined || part === whole) return true
  if (typeof part !== 'object' || typeof whole !== 'object' || part === null || whole === null) return false
  for (const [key, value] of Object.entries(part)) {
    if (!leftOut.includes(key) && !includes((whole as Record<string, unknown>)[key], value)) return false
  }
  return true
}
