import { readFileSync } from 'node:fs'
import {
  isDecided,
  outcomeOf,
  type PaymentStatus,
  paymentStatuses,
  statusTransitions,
} from '@payment-status/core'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../../docs/deciding.md', import.meta.url), 'utf8')

it('the graph in the documentation is the one in the code', () => {
  const undecided = ['open', 'requires_action', 'processing']
  const expand = (name: string) => (name === 'undecided' ? undecided : [name])
  const drawn = new Set<string>(paymentStatuses.map((status) => `${status} ${status}`))
  for (const [, from = '', to = ''] of page.matchAll(/^ {2}(\w+) --> (\w+)$/gm)) {
    for (const start of expand(from)) for (const end of expand(to)) drawn.add(`${start} ${end}`)
  }
  const coded = paymentStatuses.flatMap((from) => statusTransitions[from].map((to) => `${from} ${to}`))
  expect([...drawn].toSorted()).toEqual(coded.toSorted())
})

it('the words in the documentation are the ones in the code', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| `(\w+)` \| (yes|no) \|$/gm)]
  const coded = paymentStatuses.map((status: PaymentStatus) => [
    status,
    outcomeOf(status),
    isDecided(status) ? 'yes' : 'no',
  ])
  expect(rows.map(([, ...cells]) => cells)).toEqual(coded)
})
