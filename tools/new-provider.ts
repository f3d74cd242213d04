import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The synthetic provider Acme Pay, which passes both suites: a new provider starts as a copy of it under its own names, and
 * stays green while one file after the other becomes the real one.
 */
const template = { sources: 'examples/src/provider-template', tests: 'examples/test/provider-template' }

/** Headings of every provider's page, in this order. */
export const pageHeadings = [
  'In one minute',
  'Where the facts come from',
  'What each word means',
  'The five sources',
  'Webhooks',
  'Looking up',
  'Declines',
  'Quirks',
  'Unverified',
]

/** Lays the package of a provider and enters it in the list: `pnpm new-provider acme-pay "Acme Pay"`. */
export function run([name = '', title = name]: readonly string[]): number {
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name)) {
    console.error('the name must be lower-case words with hyphens: pnpm new-provider acme-pay "Acme Pay"')
    return 2
  }
  if (existsSync(join(root, 'packages', name))) {
    console.error(`packages/${name} must not exist yet`)
    return 2
  }
  for (const [path, content] of Object.entries({ ...layOut(name, title), ...enter(name, title) })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
    console.log(path)
  }
  console.log(`
Next: pnpm install && pnpm format && pnpm test packages/${name}
Both suites are green now, for a provider that does not exist. Replace it file by file: docs/adding-a-provider.md.`)
  return 0
}

/** Returns the files of a new provider by their paths. The manifest follows an existing provider's. */
export function layOut(name: string, title: string): Readonly<Record<string, string>> {
  const home = `packages/${name}`
  const { camel } = toNames(name, title)
  const copy = (from: string, to: string) =>
    readdirSync(join(root, from), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [
        `${home}/${to}/${path}`,
        rename(readFileSync(join(root, from, path), 'utf8'), name, title),
      ])
  const readme = `# @payment-status/${name}\n\nThe status of a ${title} payment. Part of [payment-status](../../README.md).\n\nRead [the ${title} page](../../docs/providers/${name}.md) for the details.\n\nMIT licensed.\n`
  return {
    [`${home}/package.json`]: toManifest(name, title),
    [`${home}/LICENSE`]: readFileSync(join(root, 'packages/core/LICENSE'), 'utf8'),
    [`${home}/CHANGELOG.md`]: `# @payment-status/${name}\n\n## 0.1.0\n\nThe first release.\n`,
    [`${home}/README.md`]: readme,
    ...Object.fromEntries([...copy(template.sources, 'src'), ...copy(template.tests, 'test')]),
    [`${home}/test/status-tables.ts`]: toStatusTables(camel),
    [`${home}/size-limit.json`]: `${JSON.stringify(sizeLimits, null, 2)}\n`,
    [`docs/providers/${name}.md`]: `# ${title}\n\n${pageHeadings.map((heading) => `## ${heading}\n`).join('\n')}`,
  }
}

/** Returns the files outside of the provider's folder with the provider entered in the one list. */
export function enter(name: string, title: string): Readonly<Record<string, string>> {
  const { camel, pascal, upper } = toNames(name, title)
  const lists = {
    'packages/cli/src/providers.ts': {
      imports: `import { ${camel}Environment } from '@payment-status/${name}/environment'
import { ${camel}Explanation } from '@payment-status/${name}/explain'
`,
      entry: `  [${camel}Environment, ${camel}Explanation] as const,\n`,
      entries: /^ {2}\[(\w+)Environment, /gm,
      end: '].map((',
    },
    'packages/cli/src/simulations.ts': {
      imports: `import { create${pascal} } from '@payment-status/${name}'
import { ${camel}Fixtures, ${camel}Recording, ${camel}Simulation } from '@payment-status/${name}/fixtures'
`,
      entry: `  {
    name: '${name}',
    fixtures: ${camel}Fixtures,
    simulation: ${camel}Simulation,
    recording: ${camel}Recording,
    variables: {
      ${upper}_API_KEY: ${camel}Simulation.secrets.apiKey,
      ${upper}_WEBHOOK_SECRET: ${camel}Simulation.secrets.webhookSecrets,
    },
    create: (options) => create${pascal}({ ...${camel}Simulation.secrets, ...options }),
  },
`,
      entries: /^ {2}\{\n {4}name: '([a-z\d-]+)',$/gm,
      end: ']\n\n/** Returns the variables',
    },
  }
  const entered = Object.entries(lists).map(([path, { imports, entry, entries, end }]) => {
    const text = readFileSync(join(root, path), 'utf8')
    // In the order of the names, which is the order of the folders.
    const later = [...text.matchAll(entries)].find(
      ([, other = '']) => other.toLowerCase() > camel.toLowerCase(),
    )
    const place = later?.index ?? text.indexOf(end)
    if (place < 0) throw new Error(`${path} must hold the list of providers: enter ${name} by hand`)
    return [path, imports + text.slice(0, place) + entry + text.slice(place)]
  })
  return { ...Object.fromEntries(entered), 'packages/cli/package.json': toDependency(name) }
}

/** Limits of size that a new provider starts with: lower them to what it needs. */
const sizeLimits = { toPaymentStatus: '4 kB', 'at once': '24 kB', whole: '34 kB' }

/** Returns a provider's name in each spelling. `PayPal` keeps its capitals. */
function toNames(name: string, title: string) {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const capital = camel.replace(/^\w/, (letter) => letter.toUpperCase())
  const pascal = title.toLowerCase() === camel.toLowerCase() ? title : capital
  return { camel, pascal, upper: name.replaceAll('-', '_').toUpperCase() }
}

/** Replaces the names of the template, and its relative imports of the provider by those of a package. */
function rename(text: string, name: string, title: string): string {
  const { camel, pascal, upper } = toNames(name, title)
  return text
    .replaceAll(/'(?:\.\.\/\.\.\/src\/provider-template|\.\.|\.)\/index\.ts'/g, `'@payment-status/${name}'`)
    .replaceAll("'../../src/provider-template/fixtures/index.ts'", `'@payment-status/${name}/fixtures'`)
    .replaceAll('ACME_PAY', upper)
    .replaceAll('AcmePay', pascal)
    .replaceAll('acmePay', camel)
    .replaceAll('acme-pay', name)
    .replaceAll('Acme Pay', title)
}

function toManifest(name: string, title: string): string {
  const text = readFileSync(join(root, 'packages/stripe/package.json'), 'utf8')
  const renamed = text.replaceAll('packages/stripe', `packages/${name}`)
  const manifest = JSON.parse(renamed.replaceAll('@payment-status/stripe', `@payment-status/${name}`))
  const { stripe: _, ...devDependencies } = manifest.devDependencies
  return `${JSON.stringify(
    {
      ...manifest,
      description: `The status of a ${title} payment: browser results, return URLs, responses, webhooks and lookups in one vocabulary.`,
      keywords: ['payments', 'payment-status', name, 'webhooks'],
      devDependencies,
    },
    null,
    2,
  )}\n`
}

/** Returns the command line's manifest, which depends on every provider. */
function toDependency(name: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'))
  const { '@payment-status/stripe': version } = manifest.dependencies
  const dependencies = Object.entries({ ...manifest.dependencies, [`@payment-status/${name}`]: version })
  manifest.dependencies = Object.fromEntries(dependencies.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function toStatusTables(camel: string): string {
  return `import { tabulate } from '../../../tools/markdown.ts'
import { ${camel}States, toPaymentStatus } from '../src/index.ts'

const taken = { amount: 2500, captured: 2500 }

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A charge's \`state\`, alone and after all or a part of it was captured:",
  tabulate(
    '\`state\`',
    ${camel}States,
    { alone: {}, captured: taken, 'captured in part': { ...taken, captured: 1000 } },
    (state, facts) => toPaymentStatus({ state, ...facts }),
  ),
]
`
}
