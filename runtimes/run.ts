import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProject, findPacked } from './project.ts'

// The packed packages, installed into a project outside this workspace, in every runtime that can be had, and in the stacks
// that are quick to try; `pnpm test:stacks` has the others. Needs a build.
const SUITE_TIMEOUT_IN_MILLISECONDS = 120_000
/** `--short`, for a run on every change: the oldest Node and one of each other kind, and one compiler. */
const isShort = process.argv.includes('--short')

const {
  folder: project,
  run,
  note,
  bin,
  nodeOf,
  finish,
} = createProject(findPacked(), {
  dependencies: {
    '@nestjs/common': '^12',
    '@nestjs/core': '^12',
    '@nestjs/platform-express': '^12',
    '@nestjs/platform-fastify': '^12',
    '@types/express': '^5',
    '@types/koa': '^3',
    '@types/node': '^24',
    bun: '^1',
    deno: '^2',
    esbuild: '^0.28.2',
    express: '^5',
    fastify: '^5',
    hono: '^4',
    koa: '^3',
    msw: '^3',
    node22: 'npm:node@22',
    node24: 'npm:node@24',
    node26: 'npm:node@26',
    'reflect-metadata': '^0.2',
    rxjs: '^7',
    'ts-pattern': '^5',
    typescript59: 'npm:typescript@5.9',
    typescript6: 'npm:typescript@6.0',
    typescript7: 'npm:typescript@7.0',
    valibot: '^1',
    workerd: '^1',
  },
  builds: ['bun', 'deno', 'esbuild', 'node', 'workerd'],
  folders: ['runtimes/consumer', 'examples/src/custom-provider'],
})

// Libraries are checked as well: `skipLibCheck` is not set.
const common = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node']
// Most servers have no DOM, and Node's own types are enough.
const withoutDom = [...common, '--lib', 'es2023', 'types.ts', 'servers.ts']
const withDom = [...common, '--lib', 'es2023,dom,dom.iterable', 'types.ts', 'servers.ts', 'types-msw.ts']

run(
  'a provider from outside, certified with node:test',
  nodeOf('node24'),
  ['--test', '--test-reporter=tap', 'acme-pay.test.ts'],
  { success: 'certified' },
)
for (const version of isShort ? ['22'] : ['22', '24', '26'])
  run(`Node ${version}`, nodeOf(`node${version}`), ['main.mjs'])
run('Bun', bin('bun'), ['main.mjs'])
run('Deno', bin('deno'), ['run', '--allow-all', '--node-modules-dir=manual', 'main.mjs'])
await bundle('worker.mjs', 'worker.bundle.mjs', 'esm', ['workerd', 'worker'])
run('workerd', bin('workerd'), ['test', 'worker.capnp'])
await bundle('page.mjs', 'page.bundle.js', 'iife', ['browser'])
runInChromium()
for (const compiler of isShort ? ['typescript7'] : ['typescript59', 'typescript6', 'typescript7']) {
  const version = compiler.replace('typescript', 'TypeScript ').replace('59', '5.9')
  const compile = (what: string, options: readonly string[], success = 'compiles', expected?: RegExp) =>
    run(`${version}, ${what}`, nodeOf('node24'), [tscOf(compiler), ...options], {
      success,
      ...(expected && { expected }),
    })
  compile('nodenext, without the DOM', ['--module', 'nodenext', ...withoutDom])
  compile('bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', ...withDom])
  if (!isShort) compile('nodenext', ['--module', 'nodenext', ...withDom])
  if (compiler !== 'typescript6') continue
  compile('exactOptionalPropertyTypes', ['--module', 'nodenext', '--exactOptionalPropertyTypes', ...withDom])
  compile('node16', ['--module', 'node16', ...withDom])
  compile('CommonJS, nodenext', ['--module', 'nodenext', ...common, 'common.cts'])
  // `node16` is from before Node could require an ES module, and says so.
  compile(
    'CommonJS, node16',
    ['--module', 'node16', ...common, 'common.cts'],
    'is refused, as documented',
    /TS1479|TS1541/,
  )
}

run('every server that Node runs', nodeOf('node22'), ['servers.mjs'])
if (!isShort)
  run('Deno, deno check', bin('deno'), ['check', '--node-modules-dir=manual', 'types.ts'], {
    success: 'compiles',
  })
run('Deno.serve', bin('deno'), ['run', '--allow-all', '--node-modules-dir=manual', 'serve.mjs'])
run('Bun.serve', bin('bun'), ['serve.mjs'])
for (const version of isShort ? ['22'] : ['22', '24', '26'])
  run(`CommonJS, Node ${version}`, nodeOf(`node${version}`), ['main.cjs'])

finish()

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
    note(what, 'NOT TESTED: no Chromium is installed here', true)
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
  note(what, counted ?? 'no answer from the page', counted?.endsWith(' 0 failed') === true)
}
