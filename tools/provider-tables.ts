import { readFileSync, writeFileSync } from 'node:fs'
import { isDecided, outcomeOf, paymentStatuses, statusMeanings } from '../packages/core/src/index.ts'
import { replaceBlock, toTable } from './markdown.ts'
import { providers } from './providers.ts'

/** Returns the paragraphs and tables that a provider's package keeps for docs/statuses.md. */
async function statusTablesOf(name: string): Promise<readonly string[]> {
  const { statusTables } = (await import(`../packages/${name}/test/status-tables.ts`)) as {
    readonly statusTables: readonly string[]
  }
  return statusTables
}

const baseUrls = providers.flatMap(({ environment }) =>
  environment.variables.filter((variable) => variable.endsWith('_BASE_URL')),
)
const asCode = (names: readonly string[]) => names.map((name) => `\`${name}\``)

/** Returns the blocks of each page that follow from the list of providers. */
export async function providerBlocks(): Promise<
  ReadonlyArray<readonly [page: string, block: string, content: string]>
> {
  const statuses: string[] = []
  for (const { name, title } of providers) {
    const source = `[${title}'s page](./providers/${name}.md#what-each-word-means) states the source of each row, and what is unverified.`
    statuses.push(`### ${title}`, ...(await statusTablesOf(name)), source)
  }
  return [
    [
      'README.md',
      'providers',
      toTable(
        ['provider', 'package', 'documentation'],
        [
          ...providers.map(({ name, title }) => [
            title,
            `[\`@payment-status/${name}\`](packages/${name})`,
            `[docs](docs/providers/${name}.md)`,
          ]),
          [
            'your own',
            '[a contract suite](docs/testing.md#certifying-a-provider)',
            '[adding a provider](docs/adding-a-provider.md)',
          ],
        ],
      ),
    ],
    [
      'docs/README.md',
      'providers',
      toTable(
        ['page', 'about'],
        [
          ...providers.map(({ name, title }) => [
            `[${title}](./providers/${name}.md)`,
            'Its sources, the meaning of each word, webhooks, lookups, quirks and unverified facts',
          ]),
          ['[Adding a provider](./adding-a-provider.md)', 'One question per file'],
        ],
      ),
    ],
    [
      'docs/command-line.md',
      'providers',
      [
        toTable(
          ['provider', 'variables'],
          providers.map(({ title, environment }) => [
            title,
            asCode(environment.variables.filter((variable) => !baseUrls.includes(variable))).join(', '),
          ]),
        ),
        `These lead to a simulator: ${asCode(baseUrls).join(', ')}.`,
      ].join('\n\n'),
    ],
    ['docs/statuses.md', 'providers', statuses.join('\n\n')],
    [
      'docs/statuses.md',
      'words',
      toTable(
        ['status', 'what it means', 'outcome', 'decided'],
        paymentStatuses.map((status) => [
          `\`${status}\``,
          statusMeanings[status],
          `\`${outcomeOf(status)}\``,
          isDecided(status) ? 'yes' : 'no',
        ]),
      ),
    ],
  ]
}

/** Writes the tables of the pages that name every provider. */
export async function run(): Promise<number> {
  for (const [page, block, content] of await providerBlocks()) {
    writeFileSync(page, replaceBlock(readFileSync(page, 'utf8'), block, content))
  }
  return 0
}
