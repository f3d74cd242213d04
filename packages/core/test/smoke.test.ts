import { outcomeOf, paymentStatuses } from '@payment-status/core'
import { sha256Hex } from '@payment-status/core/kit'
import { expect, it } from 'vitest'
it('x', async () => { expect(paymentStatuses.map(outcomeOf).length).toBe(13); expect(await sha256Hex('')).toMatch(/^e3b0/) })
