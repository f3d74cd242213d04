import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packAll } from '../scripts/pack.ts'

// The packed packages, installed into a project outside this workspace, in every runtime that can be had. Needs a build.
const SUITE_TIMEOUT_IN_MILLISECONDS = 120_000
const keep = process.argv.includes('--keep')
const project = mkdtempSync(join(tmpdir(), 'payment-status-consumer-'))
const results: { readonly what: string; readonly outcome: string; readonly ok: boolean }[] = []

install()
const binaries = join(project, 'node_modules/.bin')
const bin = (name: string) => join(binaries, name)
const nodeOf = (alias: string) => join(project, 'node_modules', alias, 'bin/node')

run(
  'a provider from outside, certified with node:test',
  nodeOf('node24'),
  ['--test', '--test-reporter=tap', 'acme-pay.test.ts'],
  'certified',
)
for (const version of ['22', '24', '26']) run(`Node ${version}`, nodeOf(`node${version}`), ['main.mjs'])
run('Bun', bin('bun'), ['main.mjs'])
run('Deno', bin('deno'), ['run', '--allow-all', '--node-modules-dir=manual', 'main.mjs'])
await bundle('worker.mjs', 'worker.bundle.mjs', 'esm', ['workerd', 'worker'])
run('workerd', bin('workerd'), ['test', 'worker.capnp'])
await bundle('page.mjs', 'page.bundle.js', 'iife', ['browser'])
runInChromium()
for (const compiler of ['typescript59', 'typescript6', 'typescript7']) {
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    for (const exact of ['true', 'false']) {
      const options = [
        '--module',
        module,
        '--moduleResolution',
        moduleResolution,
        '--exactOptionalPropertyTypes',
        exact,
      ]
      const what = `${compiler.replace('typescript', 'TypeScript ').replace('59', '5.9')}, ${moduleResolution}, exactOptionalPropertyTypes ${exact}`
      const arguments_ = [
        tscOf(compiler),
        '--noEmit',
        '--strict',
        '--target',
        'es2023',
        '--lib',
        'es2023,dom,dom.iterable',
      ]
      run(what, nodeOf('node24'), [...arguments_, ...options, 'types.ts'], 'compiles')
    }
  }
}

console.log()
for (const { what, outcome, ok } of results) console.log(`${ok ? 'ok ' : 'NO '} ${what}: ${outcome}`)
if (keep) console.log(`\nkept in ${project}`)
else rmSync(project, { recursive: true, force: true })
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1

function install(): void {
  const packed = packAll('.tmp/packs')
  const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const dependencies = {
    ...tarballs,
    bun: '^1',
    deno: '^2',
    esbuild: '^0.28.2',
    node22: 'npm:node@22',
    node24: 'npm:node@24',
    node26: 'npm:node@26',
    typescript59: 'npm:typescript@5.9',
    typescript6: 'npm:typescript@6.0',
    typescript7: 'npm:typescript@7.0',
    'ts-pattern': '^5',
    valibot: '^1',
    workerd: '^1',
  }
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2))
  const overrides = Object.entries(tarballs).map(([name, tarball]) => `  '${name}': '${tarball}'`)
  const builds = ['bun', 'deno', 'esbuild', 'node', 'workerd'].map((name) => `  ${name}: true`)
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    ['overrides:', ...overrides, 'allowBuilds:', ...builds, ''].join('\n'),
  )
  for (const folder of ['runtimes/consumer', 'examples/src/custom-provider']) {
    for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(project, file))
  }
  execFileSync('npx', ['-y', 'pnpm@12', 'install', '--no-frozen-lockfile'], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function run(what: string, command: string, args: readonly string[], success?: string): void {
  if (!existsSync(command)) {
    results.push({ what, outcome: 'NOT TESTED: it could not be installed here', ok: true })
    return
  }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    timeout: SUITE_TIMEOUT_IN_MILLISECONDS,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const text = `${stdout}\n${stderr}`
  const [counted] = /\d+ passed, \d+ failed/.exec(text) ?? []
  const ok = status === 0
  results.push({
    what,
    outcome: (ok ? (success ?? counted) : counted) ?? error?.message ?? `exit ${status}`,
    ok,
  })
  if (!ok) console.log(`--- ${what}\n${text.trim().slice(0, 3000)}`)
}

function tscOf(alias: string): string {
  return join(project, 'node_modules', alias, 'bin/tsc')
}

async function bundle(
  entry: string,
  outfile: string,
  format: 'esm' | 'iife',
  conditions: string[],
): Promise<void> {
  const url = pathToFileURL(join(project, 'node_modules/esbuild/lib/main.js')).href
  const { default: esbuild } = (await import(url)) as {
    default: { build(options: object): Promise<unknown> }
  }
  await esbuild.build({
    entryPoints: [join(project, entry)],
    outfile: join(project, outfile),
    bundle: true,
    format,
    conditions,
    mainFields: ['module', 'main'],
    platform: format === 'iife' ? 'browser' : 'neutral',
    logLevel: 'error',
  })
}

function runInChromium(): void {
  const what = 'Chromium, the hint readers'
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    existsSync,
  )
  if (!chromium) {
    results.push({ what, outcome: 'NOT TESTED: no Chromium is installed here', ok: true })
    return
  }
  const page = join(project, 'page.html')
  writeFileSync(page, '<!doctype html><meta charset="utf-8"><body><script src="page.bundle.js"></script>')
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${join(project, 'profile')}`,
  ]
  const { stdout } = spawnSync(chromium, [...flags, '--dump-dom', pathToFileURL(page).href], {
    encoding: 'utf8',
    timeout: SUITE_TIMEOUT_IN_MILLISECONDS,
  })
  const [counted] = /\d+ passed, \d+ failed/.exec(stdout ?? '') ?? []
  results.push({
    what,
    outcome: counted ?? 'no answer from the page',
    ok: counted?.endsWith(' 0 failed') === true,
  })
}
