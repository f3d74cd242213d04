import { untilAborted } from '../abort.ts'
import { isPaymentError, PaymentError } from '../model/errors.ts'
import type { RequestOptions } from '../model/provider.ts'
import { checkTimeoutMs } from './http.ts'

/** A token that a provider's requests carry, and the moment it ends in milliseconds since 1970. */
export interface AccessToken {
  readonly token: string
  readonly expiresAt: number
}

export interface AccessTokenOptions {
  readonly provider: string
  readonly clock?: (() => number) | undefined
  /** How long before its end a token is replaced, in milliseconds. Default one minute. */
  readonly renewBeforeMs?: number | undefined
  /** Requests a token. It has no signal, because all callers share the request. */
  request(): Promise<AccessToken>
}

/** Sends a request with the current access token. */
export type WithAccessToken = <Answer>(
  send: (token: string) => Promise<Answer>,
  options?: RequestOptions,
) => Promise<Answer>

const ONE_MINUTE_IN_MILLISECONDS = 60_000

/**
 * Creates a keeper of access tokens. Callers that need a token at the same time share one request for it, and a caller that
 * aborts or reaches its `timeoutMs` does not end that request for the others. After a 401 the token is replaced once and
 * the request is sent again.
 *
 * @example
 * const withToken = createAccessToken({ provider, clock, request: logIn })
 * const reply = await withToken((token) => send({ …, headers: { authorization: `Bearer ${token}` } }, options), options)
 */
export function createAccessToken({
  provider,
  request,
  clock = Date.now,
  renewBeforeMs = ONE_MINUTE_IN_MILLISECONDS,
}: AccessTokenOptions): WithAccessToken {
  let current: AccessToken | undefined
  let pending: Promise<AccessToken> | undefined

  function requestOnce(): Promise<AccessToken> {
    pending ??= request()
      .then((token) => {
        current = token
        return token
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  async function getToken(options: RequestOptions = {}): Promise<AccessToken> {
    options.signal?.throwIfAborted()
    if (current && clock() < current.expiresAt - renewBeforeMs) return current
    const { timeoutMs } = options
    if (timeoutMs !== undefined) checkTimeoutMs(timeoutMs, provider)
    return waitFor(requestOnce(), options, provider)
  }

  return async (send, options) => {
    const used = await getToken(options)
    try {
      return await send(used.token)
    } catch (error) {
      if (!isPaymentError(error) || error.httpStatus !== 401) throw error
      // Another caller may have replaced it already.
      if (current === used) current = undefined
      return send((await getToken(options)).token)
    }
  }
}

/** Waits as long as this caller wants to. The work goes on. */
async function waitFor<T>(
  work: Promise<T>,
  { signal, timeoutMs }: RequestOptions,
  provider: string,
): Promise<T> {
  if (timeoutMs === undefined) return untilAborted(work, signal)
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await untilAborted(work, signal ? AbortSignal.any([signal, timeout]) : timeout)
  } catch (error) {
    signal?.throwIfAborted()
    if (!timeout.aborted) throw error
    const message = `no access token within ${timeoutMs} ms`
    throw new PaymentError({ code: 'unavailable', provider, message })
  }
}
