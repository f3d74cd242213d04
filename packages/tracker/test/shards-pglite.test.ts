import { openEmbedded } from '../src/pglite.ts'
import { describeShards } from './shards.ts'

describeShards('a tracker over two PGlite databases', async () => {
  const [east, west] = [await openEmbedded('memory://'), await openEmbedded('memory://')]
  return { east, west, close: () => Promise.all([east.close(), west.close()]) }
})
