import { openEmbedded } from '../src/pglite.ts'
import { describeTracker } from './behaviour.ts'

describeTracker('a tracker on PGlite', async () => {
  const database = await openEmbedded('memory://')
  return { database, close: database.close }
})
