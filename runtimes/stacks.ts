import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vm from 'node:vm'
import { packAll } from '../scripts/pack.ts'
import { createProject } from './project.ts'

// What takes too long for every change: other people's test runners and bundlers, on the packed packages alone. Needs a build.
const packed = packAll('.tmp/packs')
const only = (...names: string[]) =>
  packed.filter(({ name }) => names.includes(name.replace('@payment-status/', '')))

// Jest: as ES modules, and transformed to CommonJS as most projects have it.
const jest = createProject(only('core', 'stripe', 'payment-status'), {
  dependencies: { '@swc/core': '^1', '@swc/jest': '^0.2', jest: '^30', node22: 'npm:node@22' },
  builds: ['node', '@swc/core'],
  folders: ['runtimes/jest'],
})
const jestBin = join(jest.folder, 'node_modules/jest/bin/jest.js')
jest.run(
  'Jest, ES modules',
  jest.nodeOf('node22'),
  ['--experimental-vm-modules', jestBin, '--config', 'jest.esm.config.mjs'],
  {
    success: 'passes',
  },
)
jest.run('Jest, transformed by SWC', jest.nodeOf('node22'), [jestBin, '--config', 'jest.swc.config.mjs'], {
  success: 'passes',
})
jest.finish()

// msw 2, which most projects still have; the workspace itself has 3.
for (const version of ['2', '3']) {
  const msw = createProject(only('core', 'stripe', 'testing', 'payment-status'), {
    dependencies: { msw: `^${version}`, node22: 'npm:node@22' },
    builds: ['node'],
    folders: ['runtimes/msw'],
  })
  msw.run(`msw ${version}`, msw.nodeOf('node22'), ['main.mjs'])
  msw.finish()
}

// Bundlers: what a page needs, in one file, without a word of Node's.
const bundlers = createProject(only('core', 'checkout-com', 'onerway', 'stripe'), {
  dependencies: {
    esbuild: '^0.28.2',
    vite: '^8',
    webpack: '^5',
    'webpack-cli': '^6',
    node2211: 'npm:node@22.11.0',
    node22: 'npm:node@22',
  },
  builds: ['esbuild', 'node'],
  folders: ['runtimes/bundlers', 'runtimes/consumer'],
})
bundlers.run('Vite', bundlers.bin('vite'), ['build', '--config', 'vite.config.mjs', '--logLevel', 'warn'], {
  success: 'builds',
})
bundlers.run('webpack', bundlers.bin('webpack'), ['--config', 'webpack.config.mjs'], { success: 'builds' })
bundlers.run(
  'esbuild',
  bundlers.bin('esbuild'),
  ['page.mjs', '--bundle', '--outfile=out/esbuild.js', '--log-level=warning'],
  {
    success: 'builds',
  },
)
for (const name of ['vite', 'webpack', 'esbuild']) runBundle(name)
// The Nodes that cannot require an ES module say so.
writeFileSync(join(bundlers.folder, 'old.cjs'), "require('@payment-status/stripe')\n")
bundlers.run('CommonJS, Node 22.11', bundlers.nodeOf('node2211'), ['old.cjs'], {
  expected: /ERR_REQUIRE_ESM/,
  success: 'says ERR_REQUIRE_ESM, as documented',
})
bundlers.finish()

/** Runs a page's bundle with the little of a page that it touches. */
function runBundle(name: string): void {
  const body = { textContent: '' }
  try {
    const code = readFileSync(join(bundlers.folder, 'out', `${name}.js`), 'utf8')
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
  bundlers.note(`what ${name} made of a page`, body.textContent, body.textContent.endsWith(' 0 failed'))
}
