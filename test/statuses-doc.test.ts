import { describe, expect, it } from 'vitest'
import { anythingElse, replaceBlock } from '../tools/markdown.ts'
import { providerBlocks } from '../tools/provider-tables.ts'
import { read } from './samples.ts'

const blocks = await providerBlocks()

describe('the tables of the providers', () => {
  it.each(blocks)(
    'are in %s as the code has them (pnpm tools provider-tables writes them): %s',
    (page, block, content) => {
      expect(read(page)).toBe(replaceBlock(read(page), block, content))
    },
  )

  it('show an unlisted word as unknown in every situation', () => {
    const [, , statuses = ''] = blocks.find(([page]) => page === 'docs/statuses.md') ?? []
    const rows = statuses.split('\n').filter((line) => line.startsWith(`| ${anythingElse} |`))
    expect(rows.length).toBeGreaterThan(3)
    const known = rows.flatMap((row) => row.match(/`\w+`/g) ?? []).filter((status) => status !== '`unknown`')
    expect(known).toEqual([])
  })
})
