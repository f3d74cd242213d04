import { describe, expect, it } from 'vitest'
import { avoidedWords, findAll, findAvoided } from '../tools/english.ts'

const found = (path: string, content: string) =>
  findAvoided(path, content, ['told', 'is none']).map((finding) => [finding.line, finding.found])

describe('the check of our English', () => {
  it('reads its words from the glossary', () => {
    expect(avoidedWords()).toEqual(
      expect.arrayContaining(['told', 'beside', 'is none', 'hand over', 'belief']),
    )
    expect(avoidedWords()).not.toContain('believe()')
  })

  it.each([
    ['a comment', '// The shop is told.\nconst a = 1', [[1, 'told']]],
    ['a sentence in a string', "\nthrow new Error('there is none here')", [[2, 'is none']]],
    ['a template', 'const a = 1\nconst b = `It was told`', [[2, 'told']]],
    [
      'a docstring with a question',
      '/** Whether it is paid. */\nconst a = 1',
      [[1, 'docstring begins with Whether']],
    ],
    ['a later line of a docstring', '/**\n * Returns a.\n * Was told.\n */\nconst a = 1', [[3, 'told']]],
  ])('finds %s', (_, content, expected) => {
    expect(found('src/a.ts', content)).toEqual(expected)
  })

  it.each([
    ['a word of a vocabulary', "const words = ['told']"],
    ['a quoted word', "// Stripe's word 'told', and `told` in code"],
    ['a longer word', '// The untold and the foretold.'],
    ['an identifier', 'const told = 1'],
  ])('leaves %s alone', (_, content) => {
    expect(found('src/a.ts', content)).toEqual([])
  })

  it('reads pages whole', () => {
    expect(found('docs/a.md', '# A\n\nIt was told `told`.\n')).toEqual([[3, 'told']])
  })
})

it('no avoided word is in sources, tests, documentation, messages or the site', () => {
  // `pnpm tools english <path>` lists them; the glossary has the words to use instead.
  expect(findAll().map(({ path, line, found }) => `${path}:${line}: ${found}`)).toEqual([])
})
