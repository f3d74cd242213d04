import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresFolder, startPostgres } from '../packages/tracker/test/postgres-server.ts'
import type { Packed } from '../tools/packages.ts'
import { createProject } from './project.ts'

/** The tracker as a stranger installs it: the packed packages, and what they bring. */
export async function testTracker(packed: readonly Packed[]): Promise<void> {
  testTenLines(packed)
  if (postgresFolder === undefined) console.log('Prisma: NOT TESTED, no PostgreSQL server is installed')
  else await testPrisma(packed)
}

function testTenLines(packed: readonly Packed[]): void {
  // The first lines of its page, as they stand there, on the embedded database; Stripe is answered from its fixtures.
  const [, tenLines = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync('docs/tracker.md', 'utf8')) ?? []
  const stranger = createProject(packed, {
    dependencies: { '@electric-sql/pglite': '^0.5.8' },
    folders: ['runtimes/tracker'],
  })
  writeFileSync(join(stranger.folder, 'ten-lines.mjs'), tenLines)
  for (const start of ['first start', 'started again']) {
    stranger.run(
      `docs/tracker.md, ${start}`,
      process.execPath,
      ['--import', './answers.mjs', 'ten-lines.mjs'],
      {
        expected: /^(?:deliver order-7001\n)?fulfill\n/m,
        success: 'prints what the page says',
      },
    )
  }
  stranger.finish()
}

/**
 * Prisma, whose client is generated: the shop's own transaction. Its engine for migrations, which nothing here needs, is
 * not downloaded.
 */
async function testPrisma(packed: readonly Packed[]): Promise<void> {
  const server = await startPostgres()
  const prisma = createProject(packed, {
    dependencies: {
      '@prisma/adapter-pg': '^7.10.0',
      '@prisma/client': '^7.10.0',
      pg: '^8.23.0',
      prisma: '^7.10.0',
    },
    folders: ['runtimes/prisma'],
  })
  prisma.run('Prisma, client generated', prisma.bin('prisma'), ['generate'], {
    success: 'generates',
    env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  })
  prisma.run('Prisma, the tracker in its transaction', process.execPath, ['main.mjs'], {
    env: { DATABASE_URL: server.url },
    success: 'all of it, or nothing',
  })
  prisma.finish()
  await server.remove()
}
