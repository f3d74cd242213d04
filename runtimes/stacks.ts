import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vm from 'node:vm'
import { createProject, findPacked, type Project } from './project.ts'
import { testTracker } from './tracker.ts'

// What takes too long for every change: other people's test runners, bundlers, frameworks and stores, on the packed packages
// alone. Needs a build. With names, such as `pnpm test:stacks next workers`, only those.
const stacks: Readonly<Record<string, () => void | Promise<void>>> = {
  jest: testJest,
  msw: testMsw,
  bundlers: testBundlers,
  next: testNext,
  workers: testWorkers,
  claims: testClaims,
  tracker: () => testTracker(only('core', 'stripe', 'payment-status', 'tracker')),
  'command-line': testCommandLine,
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const strangers = wanted.filter((name) => !(name in stacks))
if (strangers.length > 0)
  throw new Error(`there is no ${strangers.join(', ')}: ${Object.keys(stacks).join(', ')}`)

const packed = findPacked()
for (const [name, test] of Object.entries(stacks)) {
  if (wanted.length === 0 || wanted.includes(name)) await test()
}

function only(...names: readonly string[]) {
  return packed.filter(({ name }) => names.includes(name.replace('@payment-status/', '')))
}

/** As ES modules, and transformed to CommonJS as most projects have it. */
function testJest(): void {
  const { folder, run, nodeOf, finish } = createProject(only('core', 'stripe', 'payment-status'), {
    dependencies: { '@swc/core': '^1', '@swc/jest': '^0.2', jest: '^30', node22: 'npm:node@22' },
    builds: ['node', '@swc/core'],
    folders: ['runtimes/jest'],
  })
  const jest = join(folder, 'node_modules/jest/bin/jest.js')
  run(
    'Jest, ES modules',
    nodeOf('node22'),
    ['--experimental-vm-modules', jest, '--config', 'jest.esm.config.mjs'],
    { success: 'passes' },
  )
  run('Jest, transformed by SWC', nodeOf('node22'), [jest, '--config', 'jest.swc.config.mjs'], {
    success: 'passes',
  })
  finish()
}

/** msw 2, which most projects still have; the workspace itself has 3. */
function testMsw(): void {
  for (const version of ['2', '3']) {
    const { run, nodeOf, finish } = createProject(only('core', 'stripe', 'testing', 'payment-status'), {
      dependencies: { msw: `^${version}`, node22: 'npm:node@22' },
      builds: ['node'],
      folders: ['runtimes/msw'],
      files: ['runtimes/consumer/endpoint.mjs'],
    })
    run(`msw ${version}`, nodeOf('node22'), ['main.mjs'])
    finish()
  }
}

/** Bundles a page without Node's modules, and a server. */
function testBundlers(): void {
  const bundlers = createProject(
    only('core', 'checkout-com', 'node', 'onerway', 'payment-status', 'stripe'),
    {
      dependencies: {
        esbuild: '^0.28.2',
        vite: '^8',
        webpack: '^5',
        'webpack-cli': '^6',
        node2211: 'npm:node@22.11.0',
        node22: 'npm:node@22',
      },
      builds: ['esbuild', 'node'],
      folders: ['runtimes/bundlers'],
      files: ['runtimes/consumer/endpoint.mjs', 'runtimes/consumer/page.mjs'],
    },
  )
  const { bin, nodeOf, run, finish } = bundlers
  const builds = { success: 'builds' }
  const vite = (config: string) => ['build', '--config', config, '--logLevel', 'warn']
  run('Vite, a page', bin('vite'), vite('vite.config.mjs'), builds)
  run('Vite, a server', bin('vite'), vite('vite.server.config.mjs'), builds)
  run('webpack, a page', bin('webpack'), ['--config', 'webpack.config.mjs'], builds)
  run('webpack, a server', bin('webpack'), ['--config', 'webpack.server.config.mjs'], builds)
  const esbuild = (file: string, ...options: readonly string[]) => [
    file,
    '--bundle',
    '--log-level=warning',
    ...options,
  ]
  run('esbuild, a page', bin('esbuild'), esbuild('page.mjs', '--outfile=out/esbuild.js'), builds)
  run(
    'esbuild, a server',
    bin('esbuild'),
    esbuild('server.mjs', '--platform=node', '--format=esm', '--outfile=out/esbuild-server.mjs'),
    builds,
  )
  for (const name of ['vite', 'webpack', 'esbuild']) runPage(bundlers, name)
  for (const file of ['vite-server.mjs', 'webpack-server.cjs', 'esbuild-server.mjs'])
    run(`${file}, over HTTP`, nodeOf('node22'), [`out/${file}`])
  // The Nodes that cannot require an ES module say so.
  writeFileSync(join(bundlers.folder, 'old.cjs'), "require('@payment-status/stripe')\n")
  run('CommonJS, Node 22.11', nodeOf('node2211'), ['old.cjs'], {
    expected: /ERR_REQUIRE_ESM/,
    success: 'says ERR_REQUIRE_ESM, as documented',
  })
  finish()
}

/** Runs a page's bundle with the little of a page that it touches. */
function runPage({ folder, note }: Project, name: string): void {
  const body = { textContent: '' }
  try {
    const code = readFileSync(join(folder, 'out', `${name}.js`), 'utf8')
    vm.runInNewContext(code, {
      document: { body },
      URL,
      URLSearchParams,
      console,
      TextEncoder,
      crypto,
      setTimeout,
      performance,
    })
  } catch (error) {
    body.textContent = String(error)
  }
  note(`what ${name} made of a page`, body.textContent, body.textContent.endsWith(' 0 failed'))
}

/** As a shop has it: built, started, and asked over HTTP at a route of each router. */
function testNext(): void {
  const { folder, run, nodeOf, finish } = createProject(only('core', 'node', 'payment-status', 'stripe'), {
    dependencies: {
      '@types/node': '^24',
      '@types/react': '^19',
      next: '^16',
      node24: 'npm:node@24',
      react: '^19',
      'react-dom': '^19',
      typescript: '~6.0.3',
    },
    builds: ['node'],
    folders: ['runtimes/next'],
    files: ['runtimes/consumer/endpoint.mjs'],
  })
  const next = join(folder, 'node_modules/next/dist/bin/next')
  const env = { NEXT_TELEMETRY_DISABLED: '1' }
  run('Next.js, built', nodeOf('node24'), [next, 'build'], { success: 'builds, its types checked', env })
  run('Next.js, the app router and pages over HTTP', nodeOf('node24'), ['serve.mjs'], { env })
  finish()
}

/** In workerd over HTTP, with claims in D1. */
function testWorkers(): void {
  const { bin, run, nodeOf, finish } = createProject(only('core', 'payment-status', 'stripe', 'testing'), {
    dependencies: {
      '@cloudflare/workers-types': '^4',
      esbuild: '^0.28.2',
      miniflare: '^4',
      node24: 'npm:node@24',
      typescript: '~6.0.3',
    },
    builds: ['esbuild', 'node', 'workerd'],
    folders: ['runtimes/workers'],
    files: ['runtimes/consumer/endpoint.mjs', 'examples/src/d1-claims.ts'],
  })
  run(
    'Workers, TypeScript with the types of Workers alone',
    bin('tsc'),
    [
      ...['worker.ts', '--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023'],
      ...['--types', '@cloudflare/workers-types', '--allowImportingTsExtensions'],
      ...['--module', 'esnext', '--moduleResolution', 'bundler'],
    ],
    { success: 'compiles' },
  )
  run(
    'Workers, in one file',
    bin('esbuild'),
    [
      ...[
        'worker.ts',
        '--bundle',
        '--format=esm',
        '--conditions=workerd,worker',
        '--main-fields=module,main',
      ],
      ...['--outfile=worker.bundle.mjs', '--log-level=warning'],
    ],
    { success: 'builds' },
  )
  run('Workers over HTTP, claims in D1', nodeOf('node24'), ['--test', 'worker.test.ts'], {
    success: 'passes',
  })
  finish()
}

/** The recipes of docs/claims.md on the servers that Debian has. */
function testClaims(): void {
  const { run, nodeOf, finish } = createProject(only('core', 'payment-status', 'testing'), {
    dependencies: { node24: 'npm:node@24', pg: '^8', redis: '^6' },
    builds: ['node'],
    folders: ['runtimes/claims'],
    files: [
      'examples/src/postgres-claims.ts',
      'examples/src/redis-claims.ts',
      'packages/tracker/test/postgres-server.ts',
    ],
  })
  run('Claims on PostgreSQL and Redis', nodeOf('node24'), ['--test', 'claims.test.ts'], { success: 'passes' })
  finish()
}

/** Tests the command line in an empty project: fixtures, planted differences, a million rows, the service, pipes. */
function testCommandLine(): void {
  const { run, nodeOf, finish } = createProject(packed, {
    dependencies: {
      '@types/node': '^24',
      node24: 'npm:node@24',
      'openapi-fetch': '^0.17.0',
      'openapi-typescript': '^7.13.0',
      pg: '^8',
      quicktype: '^26.0.0',
      typescript: '^5.9.0',
    },
    builds: ['node'],
    folders: ['runtimes/command-line', 'examples/python-shop'],
    files: ['packages/tracker/test/postgres-server.ts'],
  })
  for (const [what, file] of [
    ['explain of every fixture', 'explain'],
    ['reconcile: ten planted differences, a million rows', 'reconcile'],
    ['track: up, watched, a shop in Python on both databases', 'track'],
    ['--json in pipes, and bad input', 'pipe'],
    ['clients made from the OpenAPI document', 'clients'],
  ] as const) {
    run(what, nodeOf('node24'), ['--test', '--test-reporter=spec', `${file}.test.mjs`], {
      counts: /\u2139 (pass|fail|skipped) \d+|\u2139 .*(MiB|listening|explained|delivered).*/g,
      timeoutMs: 1_800_000,
    })
  }
  finish()
}
