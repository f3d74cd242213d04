import { describe, expect, it } from 'vitest'
import { drawDiagrams } from '../tools/diagrams.ts'
import { pages, read } from './samples.ts'

describe('the diagrams', () => {
  const drawn = drawDiagrams()

  it.each(Object.keys(drawn))('are what the code draws: %s', (name) => {
    expect(read(`docs/diagrams/${name}`)).toBe(drawn[name])
  })

  it('are all shown on a page', () => {
    const texts = pages.map(read)
    const hidden = Object.keys(drawn).filter(
      (name) => !texts.some((text) => text.includes(`diagrams/${name}`)),
    )
    expect(hidden).toEqual([])
  })
})
