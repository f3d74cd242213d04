import { isPaymentError, type PaymentErrorCode } from '@payment-status/core'

const PATIENCE_IN_MILLISECONDS = 3000

/** End of a call: its result, its error, or that it did not end in time. */
export type Ending<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'thrown'; readonly error: unknown }
  | { readonly kind: 'still waiting' }

/** Runs a call to its end, whether it throws or rejects. */
export async function endingOf<T>(call: () => T | Promise<T>): Promise<Ending<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<Ending<T>>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_IN_MILLISECONDS, { kind: 'still waiting' })
  })
  const ended = (async (): Promise<Ending<T>> => {
    try {
      return { kind: 'value', value: await call() }
    } catch (error) {
      return { kind: 'thrown', error }
    }
  })()
  try {
    return await Promise.race([ended, patience])
  } finally {
    clearTimeout(timer)
  }
}

/** A call's end as one word that reads well in a failed test: the code of its `PaymentError`, or what it did instead. */
export async function codeOf(call: () => unknown): Promise<PaymentErrorCode | string> {
  const ending = await endingOf(call)
  if (ending.kind === 'value') return 'no error'
  if (ending.kind === 'still waiting') return ending.kind
  const { error } = ending
  if (isPaymentError(error)) return error.code
  return `not a PaymentError but ${error instanceof Error ? error.name : typeof error}`
}

/** Returns what a call throws, or `undefined`. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  const ending = await endingOf(call)
  return ending.kind === 'thrown' ? ending.error : undefined
}

/** Everything an async iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}
