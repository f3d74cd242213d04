import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { readPrepared } from '../src/database/prepared.ts'
import { migrations } from '../src/index.ts'
import { openEmbedded } from '../src/pglite.ts'

const change = vi.hoisted(() => ({ content: (content: string) => content }))

vi.mock('../src/database/prepared.ts', async (original) => {
  const module = await original<typeof import('../src/database/prepared.ts')>()
  return {
    ...module,
    async readPrepared() {
      const bytes = await (await module.readPrepared())?.arrayBuffer()
      return bytes && new Blob([Buffer.from(change.content(Buffer.from(bytes).toString('latin1')), 'latin1')])
    },
  }
})

const directory = mkdtempSync(join(tmpdir(), 'tracker-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('a prepared database has the tables of the newest migration, and nothing in them', async () => {
  expect(await readPrepared()).toBeDefined()
  const database = await openEmbedded('memory://')
  const rows = async (text: string) => (await database.executeSql(text)).rows
  const tables = await rows(
    `select table_name as name from information_schema.tables where table_schema = 'payment_status' order by 1`,
  )
  const made = [...migrations().matchAll(/create table (?:if not exists )?payment_status\.(\w+)/g)]
  expect(tables.map(({ name }) => name)).toEqual(made.map(([, name]) => name).toSorted())
  for (const { name } of tables.filter((table) => table.name !== 'migrations'))
    expect(await rows(`select from payment_status.${name}`)).toEqual([])
  await database.close()
}, 60_000)

it('a directory whose first start was killed is made anew, also where the prepared database is of another version', async () => {
  mkdirSync(join(directory, 'data/base'), { recursive: true })
  writeFileSync(join(directory, 'data/PG_VERSION'), '18\n')
  writeFileSync(join(directory, 'unfinished'), '')
  const isChanged = vi.fn()
  change.content = (tar) =>
    tar.replace(/(?<=\/PG_VERSION\0.{500})18\n/s, () => {
      isChanged()
      return '17\n'
    })
  const database = await openEmbedded(directory)
  expect(isChanged).toHaveBeenCalled()
  expect((await database.executeSql('select 1 as works')).rows).toEqual([{ works: 1 }])
  expect(existsSync(join(directory, 'unfinished'))).toBe(false)
  await database.close()
}, 120_000)
