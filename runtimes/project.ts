import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Packed, packAll } from '../tools/packages.ts'

/** A project outside this workspace, which knows the packages by their tarballs alone. */
export interface Project {
  readonly folder: string
  readonly bin: (name: string) => string
  readonly nodeOf: (alias: string) => string
  /** Runs a command there, and notes how it went. `expected` is what its output has to hold; without it, it has to exit with 0. */
  readonly run: (what: string, command: string, args: readonly string[], options?: RunOptions) => void
  readonly note: (what: string, outcome: string, ok: boolean) => void
  /** Prints all results, and removes the project. */
  readonly finish: () => void
}

interface RunOptions {
  readonly success?: string
  readonly expected?: RegExp
  readonly env?: Readonly<Record<string, string>>
  /** The part of its output to print, if it does not print `1 passed, 0 failed`. */
  readonly counts?: RegExp
  readonly timeoutMs?: number
}

const TIMEOUT_IN_MILLISECONDS = 180_000
const PACKS = '.tmp/packs'

/** Packs the packages as they are published. */
export function findPacked(): Packed[] {
  return packAll(PACKS)
}

export function createProject(
  packed: readonly Packed[],
  {
    dependencies,
    builds = [],
    folders,
    files = [],
    type = 'module',
  }: {
    readonly dependencies: Readonly<Record<string, string>>
    /** Those that may run a script of their own when they are installed. */
    readonly builds?: readonly string[]
    /** Their content is copied into the project's own folder. */
    readonly folders: readonly string[]
    readonly files?: readonly string[]
    readonly type?: 'module' | 'commonjs'
  },
): Project {
  const folder = mkdtempSync(join(tmpdir(), 'payment-status-consumer-'))
  const results: { readonly what: string; readonly outcome: string; readonly ok: boolean }[] = []
  install()

  function install(): void {
    const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
    const manifest = { name: 'consumer', private: true, type, dependencies: { ...tarballs, ...dependencies } }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
    const overrides = Object.entries(tarballs).map(([name, tarball]) => `  '${name}': '${tarball}'`)
    const allowed = builds.map((name) => `  '${name}': true`)
    const settings = [
      'strictDepBuilds: false',
      'overrides:',
      ...overrides,
      ...(allowed.length > 0 ? ['allowBuilds:', ...allowed] : []),
      '',
    ]
    writeFileSync(join(folder, 'pnpm-workspace.yaml'), settings.join('\n'))
    for (const source of folders) cpSync(source, folder, { recursive: true })
    for (const file of files) copyFileSync(file, join(folder, basename(file)))
    execFileSync('npx', ['-y', 'pnpm@12', 'install', '--no-frozen-lockfile'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }

  const note: Project['note'] = (what, outcome, ok) => void results.push({ what, outcome, ok })

  return {
    folder,
    note,
    bin: (name) => join(folder, 'node_modules/.bin', name),
    nodeOf: (alias) => join(folder, 'node_modules', alias, 'bin/node'),
    run(what, command, args, { success, expected, env, counts, timeoutMs } = {}) {
      if (!existsSync(command)) return note(what, 'NOT TESTED: it could not be installed here', true)
      const { status, stdout, stderr, error } = spawnSync(command, args, {
        cwd: folder,
        encoding: 'utf8',
        timeout: timeoutMs ?? TIMEOUT_IN_MILLISECONDS,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NODE_OPTIONS: '', ...env },
      })
      const text = `${stdout}\n${stderr}`
      const stated =
        counts && (text.match(counts) ?? []).map((line) => line.replace('\u2139 ', '')).join(', ')
      const [counted] = stated ? [stated] : (/\d+ passed, \d+ failed/.exec(text) ?? [])
      const ok = expected ? expected.test(text) : status === 0
      const outcome = (ok ? (success ?? counted) : counted) ?? error?.message ?? `exit ${status}`
      const untested = [...new Set(text.match(/NOT TESTED: .+/g) ?? [])]
      note(what, [outcome, ...untested].join('; '), ok)
      if (!ok) console.log(`--- ${what}\n${text.trim().slice(0, 4000)}`)
    },
    finish() {
      console.log()
      for (const { what, outcome, ok } of results) console.log(`${ok ? 'ok ' : 'NO '} ${what}: ${outcome}`)
      if (process.argv.includes('--keep')) console.log(`\nkept in ${folder}`)
      else rmSync(folder, { recursive: true, force: true })
      if (!results.every(({ ok }) => ok)) process.exitCode = 1
    },
  }
}
