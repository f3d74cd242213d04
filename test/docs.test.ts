import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { paymentStatuses } from '../packages/core/src/model/status.ts'
import { countWords, jobs } from '../tools/words.ts'
import { anchorsOf, linksOf, pages, read, root, type Sample, samples, withShownFiles } from './samples.ts'

describe('the documentation', () => {
  it('has samples that compile', () => {
    expect(samples.length).toBeGreaterThan(15)
    expect(compile(samples)).toEqual([])
  }, 120_000)

  it('has samples that run, and print what they say they print', () => {
    // Samples that need a test runner, a request or other files are only compiled.
    const runnable = samples.filter(
      ({ code, continues }) => continues === undefined && !/from '(vitest|\.)/.test(code),
    )
    const printed = run(runnable)
    for (const { title, code } of runnable) {
      let rest = squeeze(printed[title] ?? 'threw: it was not run')
      expect([title, rest]).toEqual([title, expect.not.stringContaining('threw')])
      for (const promise of promisesOf(code).map(squeeze)) {
        expect([title, rest]).toEqual([title, expect.stringContaining(promise)])
        rest = rest.slice(rest.indexOf(promise) + promise.length)
      }
    }
  }, 120_000)

  it('shows files as they are (UPDATE_DOCS=1 writes them)', () => {
    for (const page of pages) {
      const wanted = withShownFiles(read(page))
      if (process.env.UPDATE_DOCS) writeFileSync(join(root, page), wanted)
      else expect([page, read(page)]).toEqual([page, wanted])
    }
  })

  it('has links that lead somewhere', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ path, anchor }) => {
          if (!existsSync(join(root, path))) return true
          return anchor !== undefined && !anchorsOf(path).includes(anchor)
        })
        .map(({ link }) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  it('has an index that names every page, and every example there is to copy', () => {
    const named = new Set(linksOf('docs/README.md').map(({ path }) => path))
    const examples = readdirSync(join(root, 'examples/src'))
      .filter((name) => /^(webhook-|return-|double-|switching-|custom-)/.test(name))
      .map((name) => `examples/src/${name}`)
    const wanted = [...pages.filter((page) => /^docs\/(?!README)/.test(page)), ...examples]
    expect(wanted.filter((path) => !named.has(path))).toEqual([])
  })

  it('installs what its first pages import', () => {
    const firstPages = pages.filter(
      (page) => /^(?:README\.md|docs\/guides\/|packages\/)/.test(page) && !page.endsWith('CHANGELOG.md'),
    )
    const missing = firstPages.flatMap((page) => {
      const text = read(page)
      const installed = new Set(
        [...text.matchAll(/^.*npm install (.+)$/gm)].flatMap(([, names = '']) => names.split(' ')),
      )
      const imported = [...text.matchAll(/ from '((?:@payment-status\/)?[a-z-]+)(?:\/[a-z]+)?'/g)].map(
        ([, name = '']) => name,
      )
      const ours = new Set(imported.filter((name) => /payment-status/.test(name)))
      // The npx of a page installs the command line by itself.
      return [...ours]
        .filter((name) => !installed.has(name) && name !== '@payment-status/cli')
        .map((name) => `${page}: ${name}`)
    })
    expect(missing).toEqual([])
  })

  it.each(jobs)(
    'lets a newcomer do $name with half the words of the edition before',
    ({ after, wordsBefore }) => {
      expect(countWords(after)).toBeLessThanOrEqual(wordsBefore / 2)
    },
  )

  it('lists the thirteen statuses as the code does', () => {
    const { 1: list = '' } = /## The thirteen statuses\n\n(.+)\n/.exec(read('README.md')) ?? []
    expect(list).toBe(paymentStatuses.map((status) => `\`${status}\``).join(' · '))
  })
})

/** Returns the compiler's diagnostics of all samples, in one program. */
function compile(all: readonly Sample[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  // Placed among the tests of the examples, from where every package can be imported.
  const files = new Map(
    all.map((sample, index) => [join(root, `examples/test/sample-${index}.ts`), sample] as const),
  )
  const host = ts.createCompilerHost(options)
  const readFromDisk = host.getSourceFile.bind(host)
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path)
  host.getSourceFile = (path, languageVersion) => {
    const sample = files.get(path)
    return sample
      ? ts.createSourceFile(path, toModule(sample), languageVersion)
      : readFromDisk(path, languageVersion)
  }
  // A sample may create a value without using it.
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
  return [...files].flatMap(([path, { title }]) => {
    const file = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(({ messageText }) => `${title}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  })
}

function toModule({ code, continues }: Sample): string {
  if (continues === undefined) return code
  return `${continues}\ndeclare const request: Request\ndeclare const body: unknown\n{\n${code}\n}\nexport {}\n`
}

/** Returns what samples print, by their titles, from one process that answers for the providers from their fixtures. */
function run(all: readonly Sample[]): Readonly<Record<string, string>> {
  // Inside of the examples, from where every package can be imported.
  const parent = join(root, 'examples/.tmp')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'samples-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const [index, { code }] of all.entries()) writeFileSync(join(folder, `sample-${index}.ts`), code)
    writeFileSync(join(folder, 'run.ts'), runner)
    const titles = JSON.stringify(all.map(({ title }) => title))
    const output = execFileSync(process.execPath, ['--conditions=@payment-status/source', 'run.ts', titles], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return JSON.parse(output) as Readonly<Record<string, string>>
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const runner = `
import { mkdirSync } from 'node:fs'
import { format } from 'node:util'
import { providers } from '../../../tools/providers.ts'

for (const { variables } of providers) Object.assign(process.env, variables)

// Ids of the providers' own documentation, which stand for a captured payment of the fixtures.
const ids = { pi_3MtwBwLkdIwHu7ix28a3tqPa: 'pi_madeHereCaptured', int_hkdmr7v9rg1j58ky8re: 'int_syntheticCaptured', '5O190127TN364715T': 'SCAPTURED' }

globalThis.fetch = async (input, init) => {
  const url = String(input.url ?? input)
  const [documented, known] = Object.entries(ids).find(([id]) => url.includes(id)) ?? ['', '']
  const request = new Request(url.replace(documented, known), input.url ? input : init)
  const asked = providers.find(({ fixtures }) => url.startsWith(fixtures.origin))
  const answer = (await asked?.fixtures.respond?.(request)) ?? new Response(null, { status: 404 })
  return documented === '' ? answer : new Response((await answer.text()).replaceAll(known, documented), answer)
}

const printed = {}
const print = console.log
for (const [index, title] of JSON.parse(process.argv[2]).entries()) {
  printed[title] = ''
  // A folder of its own: an embedded database belongs to one tracker.
  const folder = import.meta.dirname + '/run-' + index
  mkdirSync(folder)
  process.chdir(folder)
  console.log = (...values) => { printed[title] += format(...values) + '\\n' }
  await import('./sample-' + index + '.ts').catch((error) => { printed[title] += 'threw ' + error })
}
print(JSON.stringify(printed))
process.exit()
`

/** Returns the outputs that the comments after `console.log` promise, in order; an ellipsis stands for anything. */
function promisesOf(code: string): string[] {
  const comments = [...code.matchAll(/console\.log\(.*\),?\s*\/\/ (.+)$/gm)]
  return comments.flatMap(([, comment = '']) => comment.split('…'))
}

/** Removes what differs between a comment and a terminal. */
function squeeze(text: string): string {
  return text.replaceAll(/[\s,]/g, '')
}
