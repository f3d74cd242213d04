import { expect, it, vi } from 'vitest'
import { tabulate } from '../src/kit/index.ts'

const words = ['a', 'b', 'none'] as const

function createTable() {
  const meaningOf = vi.fn((word: (typeof words)[number]) => (word === 'none' ? undefined : { word }))
  return { meaningOf, toMeaning: tabulate(words, meaningOf) }
}

it('asks for no meaning before one is read', () => {
  expect(createTable().meaningOf).not.toHaveBeenCalled()
})

it('asks once for each word, and answers with what it was told', () => {
  const { meaningOf, toMeaning } = createTable()
  expect(toMeaning('a')).toEqual({ word: 'a' })
  expect(toMeaning('b')).toBe(toMeaning('b'))
  expect(meaningOf.mock.calls).toEqual([['a'], ['b'], ['none']])
})

it('leaves a word of no vocabulary to the function it was made of', () => {
  const { meaningOf, toMeaning } = createTable()
  expect(toMeaning('c' as 'a')).toEqual({ word: 'c' })
  expect(toMeaning('toString' as 'a')).toEqual({ word: 'toString' })
  meaningOf.mockImplementation(() => {
    throw new Error('no such word')
  })
  expect(() => toMeaning('d' as 'a')).toThrow('no such word')
})

it('knows words that mean nothing', () => {
  expect(createTable().toMeaning('none')).toBeUndefined()
})
