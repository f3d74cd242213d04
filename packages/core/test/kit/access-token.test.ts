import { describe, expect, it } from 'vitest'
import { type AccessTokenOptions, createAccessToken, PaymentError } from '../../src/kit/index.ts'

const MINUTE = 60_000

/** A keeper of tokens whose requests are counted and answered by hand. */
function keep(options: Partial<AccessTokenOptions> = {}) {
  const waiting: Array<(expiresAt: number) => void> = []
  let now = 0
  const withToken = createAccessToken({
    provider: 'test-pay',
    clock: () => now,
    request: () =>
      new Promise((resolve) => {
        const token = `token-${waiting.length + 1}`
        waiting.push((expiresAt) => resolve({ token, expiresAt }))
      }),
    ...options,
  })
  function at(moment: number): void {
    now = moment
  }
  return { withToken, waiting, at }
}

const useIt = async (token: string) => token
const refused = (httpStatus: number) =>
  new PaymentError({ code: 'unauthorized', provider: 'test-pay', message: 'refused', httpStatus })

describe('an access token', () => {
  it('is requested once for callers of one moment, and kept', async () => {
    const { withToken, waiting } = keep()
    const both = Promise.all([withToken(useIt), withToken(useIt)])
    waiting[0]?.(30 * MINUTE)
    expect(await both).toEqual(['token-1', 'token-1'])
    expect(await withToken(useIt)).toBe('token-1')
    expect(waiting).toHaveLength(1)
  })

  it('is replaced a minute before it ends', async () => {
    const { withToken, waiting, at } = keep()
    const first = withToken(useIt)
    waiting[0]?.(30 * MINUTE)
    await first
    at(29 * MINUTE - 1)
    expect(await withToken(useIt)).toBe('token-1')
    at(29 * MINUTE)
    const second = withToken(useIt)
    await Promise.resolve()
    waiting[1]?.(60 * MINUTE)
    expect(await second).toBe('token-2')
  })

  it('is replaced once after a 401, and not after any other error', async () => {
    const { withToken, waiting } = keep()
    const used: string[] = []
    const refuseFirst = async (token: string) => {
      used.push(token)
      if (token === 'token-1') throw refused(401)
      return token
    }
    const call = withToken(refuseFirst)
    waiting[0]?.(30 * MINUTE)
    await expect.poll(() => waiting.length).toBe(2)
    waiting[1]?.(30 * MINUTE)
    expect(await call).toBe('token-2')
    expect(used).toEqual(['token-1', 'token-2'])

    await expect(withToken(() => Promise.reject(refused(403)))).rejects.toMatchObject({ httpStatus: 403 })
    expect(waiting).toHaveLength(2)
  })

  it('is not requested again by callers that were refused with a token replaced meanwhile', async () => {
    const { withToken, waiting } = keep()
    const refuseFirst = async (token: string) => {
      await Promise.resolve()
      if (token === 'token-1') throw refused(401)
      return token
    }
    const both = Promise.all([withToken(refuseFirst), withToken(refuseFirst)])
    waiting[0]?.(30 * MINUTE)
    await expect.poll(() => waiting.length).toBe(2)
    waiting[1]?.(30 * MINUTE)
    expect(await both).toEqual(['token-2', 'token-2'])
    expect(waiting).toHaveLength(2)
  })

  it('is waited for no longer than a caller wants to, and arrives for the others', async () => {
    const { withToken, waiting } = keep()
    const controller = new AbortController()
    const reason = new Error('the shopper left')
    const aborted = withToken(useIt, { signal: controller.signal })
    const hurried = withToken(useIt, { timeoutMs: 5 })
    const patient = withToken(useIt)
    controller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    await expect(hurried).rejects.toMatchObject({ code: 'unavailable' })
    waiting[0]?.(30 * MINUTE)
    expect(await patient).toBe('token-1')
    expect(waiting).toHaveLength(1)
  })

  it('is not requested for a caller that has aborted, or whose time limit is invalid', async () => {
    const { withToken, waiting } = keep()
    const reason = new Error('the shopper left')
    await expect(withToken(useIt, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(withToken(useIt, { timeoutMs: -1 })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(waiting).toHaveLength(0)
  })

  it('that cannot be fetched fails its callers, and is requested anew by the next', async () => {
    let failures = 1
    const { withToken } = keep({
      request: async () => {
        if (failures-- > 0) throw refused(401)
        return { token: 'token', expiresAt: 30 * MINUTE }
      },
    })
    await expect(withToken(useIt)).rejects.toMatchObject({ httpStatus: 401 })
    expect(await withToken(useIt)).toBe('token')
  })
})
