import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The question each source file answers: docs/adding-a-provider.md has advice for each. */
const rooms: Readonly<Record<string, string>> = {
  vocabulary: 'Every word the provider sends, as `as const` lists, with the page that lists them.',
  schema: 'The shapes of the fields that are read, and the pattern of an id.',
  status: 'The meaning of each word: pure, total, matched without a wildcard.',
  decline: 'The reason of a decline, and how the shopper may try again.',
  dispute: 'Conversion of a dispute, and which of several is the most pressing.',
  payment: "Conversion of the provider's object into a `Payment`.",
  hint: 'The id and the appearance in a browser result and a return URL.',
  response: 'The answer to a create call, also where it was declined.',
  webhook: 'The signed bytes, the age of a signature, and the meaning of an event.',
  lookup: 'Lookups by id, by reference and by period.',
  api: "The query API's host, credentials, version and errors.",
  provider: 'The configuration, and `create…`.',
  environment: 'The environment variables that configure it.',
  explain: "The provider's shapes for `explain`.",
  index: 'The public names of the package.',
  'fixtures/index': 'Fixtures of each status, event and trap, and the query API that answers from them.',
  'fixtures/recording': 'The fields that a recording of a sandbox keeps, and how a delivery is signed again.',
  'fixtures/simulation':
    'The provider in the simulator, written from its documentation and never from the adapter.',
}

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

/** Lays the skeleton of a provider's package: `pnpm new-provider acme-pay "Acme Pay"`. */
export function run([name = '', title = name]: readonly string[]): number {
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name)) {
    console.error('the name must be lower-case words with hyphens: pnpm new-provider acme-pay "Acme Pay"')
    return 2
  }
  if (existsSync(join(root, 'packages', name))) {
    console.error(`packages/${name} must not exist yet`)
    return 2
  }
  for (const [path, content] of Object.entries(layOut(name, title))) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
    console.log(path)
  }
  console.log(
    '\nNext: docs/adding-a-provider.md, from vocabulary.ts on. test/house.test.ts names what is missing elsewhere.',
  )
  return 0
}

/** Returns the files of a new provider by their paths. The manifest follows an existing provider's. */
export function layOut(name: string, title: string): Readonly<Record<string, string>> {
  const home = `packages/${name}`
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const capital = camel.replace(/^\w/, (letter) => letter.toUpperCase())
  // `PayPal` keeps its capitals.
  const pascal = title.toLowerCase() === camel.toLowerCase() ? title : capital
  const sources = Object.entries(rooms).map(([room, question]) => [
    `${home}/src/${room}.ts`,
    `/** ${question} @module */\nexport {}\n`,
  ])
  const readme = `# @payment-status/${name}\n\nThe status of a ${title} payment. Part of [payment-status](../../README.md).\n\nRead [the ${title} page](../../docs/providers/${name}.md) for the details.\n\nMIT licensed.\n`
  return {
    [`${home}/package.json`]: toManifest(name, title),
    [`${home}/LICENSE`]: readFileSync(join(root, 'packages/core/LICENSE'), 'utf8'),
    [`${home}/CHANGELOG.md`]: `# @payment-status/${name}\n\n## 0.1.0\n\nThe first release.\n`,
    [`${home}/README.md`]: readme,
    ...Object.fromEntries(sources),
    [`${home}/test/contract.test.ts`]: toContract(name, camel, pascal),
    [`${home}/test/simulation-contract.test.ts`]: toSimulationContract(name, camel, pascal),
    [`${home}/test/status-tables.ts`]: toStatusTables(),
    [`${home}/size-limit.json`]: `${JSON.stringify(sizeLimits, null, 2)}\n`,
    [`docs/providers/${name}.md`]: `# ${title}\n\n${pageHeadings.map((heading) => `## ${heading}\n`).join('\n')}`,
  }
}

/** Limits of size that a new provider starts with: lower them to what it needs. */
const sizeLimits = { toPaymentStatus: '4 kB', 'at once': '24 kB', whole: '34 kB' }

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

function toContract(name: string, camel: string, pascal: string): string {
  return `import { create${pascal} } from '@payment-status/${name}'
import { ${camel}Fixtures } from '@payment-status/${name}/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

testProviderContract(
  { describe, it, expect },
  {
    fixtures: ${camel}Fixtures,
    create: (config) => create${pascal}(config),
    unknownId: 'an id of the right form that no fixture has',
    newWord: 'a status that the provider never sends, in one fixture',
  },
)
`
}

function toSimulationContract(name: string, camel: string, pascal: string): string {
  return `import { create${pascal} } from '@payment-status/${name}'
import { ${camel}Simulation } from '@payment-status/${name}/fixtures'
import { testProviderSimulation } from '@payment-status/testing'
import { describe, expect, it, vi } from 'vitest'

testProviderSimulation(
  { describe, it, expect },
  {
    simulation: ${camel}Simulation,
    create: (config) => create${pascal}(config),
    setDate: (now) => vi.setSystemTime(now),
    withoutStory: [],
  },
)
`
}

function toStatusTables(): string {
  return `import { tabulate } from '../../../tools/markdown.ts'
import { toPaymentStatus } from '../src/index.ts'

/** Paragraphs and tables of this provider in docs/statuses.md. */
export const statusTables: readonly string[] = [
  "A payment's \`status\`:",
  tabulate('\`status\`', [], { alone: {} }, (status, facts) => toPaymentStatus({ status, ...facts })),
]
`
}
