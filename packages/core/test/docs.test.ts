import { readFileSync } from 'node:fs'
import { isDecided, outcomeOf, type PaymentStatus, paymentStatuses } from '@payment-status/core'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../../docs/deciding.md', import.meta.url), 'utf8')

it('the words in the documentation are the ones in the code', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| `(\w+)` \| (yes|no) \|$/gm)]
  const coded = paymentStatuses.map((status: PaymentStatus) => [
    status,
    outcomeOf(status),
    isDecided(status) ? 'yes' : 'no',
  ])
  expect(rows.map(([, ...cells]) => cells)).toEqual(coded)
})
