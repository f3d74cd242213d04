import { PaymentError } from '@payment-status/core'
import {
  createRequestLimit,
  isFirstOf,
  isOneOf,
  type Page,
  readOrUnknown,
  readPages,
} from '@payment-status/core/kit'
import { describe, expect, it, vi } from 'vitest'

interface Row {
  readonly id: string
}
const rowsOf = (...ids: string[]): Row[] => ids.map((id) => ({ id }))

async function readAll(
  ask: (cursor: number | undefined) => Promise<Page<Row, number>>,
  provider?: string,
): Promise<string[]> {
  const ids: string[] = []
  for await (const { rows } of readPages(
    ask,
    isFirstOf(({ id }) => id),
    provider,
  ))
    ids.push(...rows.map(({ id }) => id))
  return ids
}

describe('pages', () => {
  it('are read in order, each asked for by what the one before it said', async () => {
    const ask = vi.fn(async (cursor = 0) => ({
      rows: rowsOf(`row ${cursor}`),
      next: cursor < 2 ? cursor + 1 : undefined,
    }))
    expect(await readAll(ask)).toEqual(['row 0', 'row 1', 'row 2'])
    expect(ask.mock.calls).toEqual([[undefined], [1], [2]])
  })

  it('are passed through with their other members', async () => {
    const ask = async () => ({ rows: rowsOf('a'), next: undefined, sentAt: 'noon' })
    for await (const page of readPages(
      ask,
      isFirstOf(({ id }) => id),
    ))
      expect(page.sentAt).toBe('noon')
    expect.assertions(1)
  })

  it('are not asked for before they are wanted', async () => {
    const ask = vi.fn(async (cursor = 0) => ({ rows: rowsOf(`${cursor}`), next: cursor + 1 }))
    for await (const { rows } of readPages(
      ask,
      isFirstOf(({ id }) => id),
    ))
      if (rows[0]?.id === '1') break
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['repeats itself', async () => ({ rows: rowsOf('a', 'b'), next: 1 })],
    ['has no rows', async () => ({ rows: rowsOf(), next: 1 })],
  ])('end with one that %s, whatever it says of a next one', async (_, ask) => {
    const asked = vi.fn(ask)
    await readAll(asked)
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2)
  })

  it.each<[string, readonly string[][], 'complete' | 'incomplete']>([
    ['the first one again', [['a', 'b'], ['a', 'b'], ['c']], 'incomplete'],
    ['a part of the first one', [['a', 'b'], ['b'], ['c']], 'incomplete'],
    ['rows of two pages before', [['a'], ['b'], ['a'], ['c']], 'incomplete'],
    ['one new row among known ones', [['a', 'b'], ['b', 'c'], ['d']], 'complete'],
    [
      'the first one again as its last',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      'complete',
    ],
    ['no rows', [['a', 'b'], [], ['c']], 'complete'],
  ])('of a named provider, one of which is %s, are %s', async (_, pages, what) => {
    const ask = async (cursor = 0) => ({
      rows: rowsOf(...(pages[cursor] ?? [])),
      next: cursor < pages.length - 1 ? cursor + 1 : undefined,
    })
    const all = readAll(ask, 'test-pay')
    if (what === 'complete') await expect(all).resolves.toContain('a')
    else await expect(all).rejects.toMatchObject({ code: 'invalid_payload', provider: 'test-pay' })
  })
})

describe('the requests of one question', () => {
  it('are counted, and refused beyond the limit', () => {
    const countRequest = createRequestLimit('test-pay', 3)
    for (let request = 0; request < 3; request++) countRequest()
    expect(countRequest).toThrow(expect.objectContaining({ code: 'invalid_payload' }))
    expect(countRequest).toThrow(expect.objectContaining({ code: 'invalid_payload' }))
  })

  it('end an answer that is new on every page', async () => {
    const countRequest = createRequestLimit('test-pay', 100)
    const ask = async (cursor = 0) => {
      countRequest()
      return { rows: rowsOf(`${cursor}`), next: cursor + 1 }
    }
    await expect(readAll(ask)).rejects.toMatchObject({ code: 'invalid_payload' })
  })

  it('of another question are counted by themselves', () => {
    createRequestLimit('test-pay', 1)()
    expect(createRequestLimit('test-pay', 1)).not.toThrow()
  })
})

describe('a row', () => {
  const refuse = () => {
    throw new PaymentError({ code: 'invalid_payload', provider: 'test-pay', message: 'no' })
  }
  const toUnknown = ({ id }: Readonly<Record<string, unknown>>) =>
    typeof id === 'string' ? `unknown ${id}` : undefined

  it('is read', () => {
    expect(readOrUnknown({ id: 'a' }, { read: ({ id }) => `read ${id}`, toUnknown })).toBe('read a')
  })

  it('that cannot be read is unknown, where it can be named', () => {
    expect(readOrUnknown({ id: 'a' }, { read: refuse, toUnknown })).toBe('unknown a')
  })

  it.each([{}, { id: 7 }, null, undefined, 'a', 7])('that cannot even be named is refused: %o', (row) => {
    expect(() => readOrUnknown(row as Row, { read: refuse, toUnknown })).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
  })

  it('a fault of ours is not taken for a row that cannot be read', () => {
    const read = () => {
      throw new TypeError('a fault of ours')
    }
    expect(() => readOrUnknown({ id: 'a' }, { read, toUnknown })).toThrow(TypeError)
  })
})

it('a word is one of a vocabulary, or not', () => {
  const words = ['yes', 'no'] as const
  expect(
    ['yes', 'no', 'YES', '', null, undefined, 0, 'toString'].map((word) => isOneOf(words, word)),
  ).toEqual([true, true, ...Array(6).fill(false)])
})
