import { isPaymentError } from '@payment-status/core'
import { Command, CommanderError, Option } from 'commander'
import type { CommonOptions, Run } from './context.ts'
import { describeDatabaseError } from './database-errors.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit.ts'
import { listFormats } from './list-formats.ts'
import { knownProviders, listNames } from './providers.ts'
import { createTerminal, type Terminal, type World } from './terminal.ts'
import { version } from './version.ts'

/**
 * Runs the command line with the arguments after its name, and resolves with the exit code: 0 good, 1 differences or a
 * negative answer, 2 usage or configuration, 3 provider or database not reachable. Never rejects.
 */
export async function runCli(given: readonly string[], world: World): Promise<ExitCode> {
  const terminal = createTerminal(world)
  let result: ExitCode = exitCodes.good
  /** Loads a command's module when the command runs: `explain` needs no database. */
  const act =
    <Options, Arguments extends readonly unknown[]>(load: () => Promise<Run<Options, Arguments>>) =>
    async (...parts: unknown[]) => {
      // Commander passes the arguments, the options and the command.
      const options = parts.at(-2) as Options & CommonOptions
      const run = await load()
      result = await run({ world, terminal }, options, ...(parts.slice(0, -2) as unknown as Arguments))
    }
  try {
    const program = createProgram(act, world, terminal)
    await addCompletion(program, given)
    await program.parseAsync([...given], { from: 'user' })
  } catch (error) {
    result = report(error, terminal)
  } finally {
    terminal.close()
  }
  return result
}

type Act = <Options, Arguments extends readonly unknown[]>(
  load: () => Promise<Run<Options, Arguments>>,
) => (...parts: unknown[]) => Promise<void>

function createProgram(act: Act, world: World, terminal: Terminal): Command {
  const program = new Command('payment-status')
    .description(
      `Returns the status of a payment and the next step, for ${listNames(knownProviders.map(({ title }) => title))}.`,
    )
    .version(version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help; with a command, the help of that')
    .helpCommand('help [command]', 'the help of a command')
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: (text) => terminal.warn(`payment-status: ${text.replace(/^error: /, '')}`),
    })
    .exitOverride()
    .addHelpText('after', generalHelp)

  const command = (usage: string, description: string, examples: readonly string[]): Command =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'write JSON to stdout, and nothing else')
      .option(
        '--config <file>',
        'configuration file (default: payment-status.config.ts, .mts, .js or .mjs in this folder, if there is one; explain runs only the file you name)',
      )
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  $ ${example.includes('payment-status') ? '' : 'payment-status '}${example}`).join('\n')}\n`,
      )

  command(
    'explain',
    'explain what a provider sent: any payload, list, webhook, browser result or return URL',
    [
      'explain webhook.json',
      "explain 'https://shop.example/return?cko-payment-id=pay_mbabizu24mvu3mela5njyhpit4'",
      'pbpaste | payment-status explain --json',
      'explain recordings/',
    ],
  )
    .argument('[source]', 'a file, the folder of a recording, a URL, or - for stdin', '-')
    .option('--header <header>', "a header of the webhook, as 'name: value'; repeat it for several", collect)
    .option('--sent <fields>', "the request, for an Onerway answer: 'txnType=AUTH', or JSON")
    .addOption(integrationOption())
    .action(act(async () => (await import('./commands/explain.ts')).runExplain))

  command(
    'verify',
    'verify the signature of a webhook with the configured secrets, and name the cause if it is not valid',
    ["verify stripe --body webhook.json --header 'Stripe-Signature: t=1763712000,v1=…'"],
  )
    .argument('<provider>', providerHelp)
    .requiredOption('--body <file>', 'the body, byte by byte as received; - for stdin')
    .option('--header <header>', "a header of the webhook, as 'name: value'; repeat it for several", collect)
    .action(act(async () => (await import('./commands/verify.ts')).runVerify))

  command('lookup', 'look one payment up by its id', ['lookup stripe pi_3MtwBwLkdIwHu7ix28a3tqPa'])
    .argument('<provider>', providerHelp)
    .argument('<id>', "the provider's id of the payment")
    .action(act(async () => (await import('./commands/ask.ts')).runLookup))

  command('find', 'find all payments of a reference at one provider', ['find onerway order-1001 --json'])
    .argument('<provider>', providerHelp)
    .argument('<reference>', 'your own id of the order, or of the attempt')
    .action(act(async () => (await import('./commands/ask.ts')).runFind))

  command('order', 'show the status of an order over all configured providers', ['order order-1001'])
    .argument('<reference>', 'your own id of the order')
    .action(act(async () => (await import('./commands/ask.ts')).runOrder))

  withPeriod(
    command('list', "list a provider's payments of a day or a period", [
      'list checkout-com --day yesterday',
      'list onerway --day 2026-11-20 --time-zone +08:00 --format csv > day.csv',
      'list stripe --from 2026-11-01 --to 2026-12-01 --json | jq .payment.status | sort | uniq -c',
    ]).argument('<provider>', providerHelp),
  )
    .addOption(new Option('--format <format>', 'output format').choices(listFormats).default('table'))
    .action(act(async () => (await import('./commands/list.ts')).runList))

  withPeriod(
    command('reconcile', "compare a provider's day with your own records", [
      'reconcile onerway --day yesterday --time-zone +08:00 --ours books.csv',
      'reconcile stripe --day 2026-11-20 --ours books.jsonl --json | jq \'select(.kind == "only_theirs")\'',
    ]).argument('<provider>', providerHelp),
  )
    .option(
      '--ours <file>',
      'your records: CSV (id,reference,status,amount,currency,captured,refunded; amounts in minor units) or JSON lines; - for stdin',
    )
    .option(
      '--database <folder>',
      "without --ours: the folder of the tracker's embedded database (default: the database of DATABASE_URL)",
    )
    .action(act(async () => (await import('./commands/reconcile.ts')).runReconcile))

  command('simulate', 'run simulated providers, for tests in any language', [
    'simulate --port 4010 --webhook-url http://127.0.0.1:3000/webhooks',
    'simulate --frozen --seed 7 --faults \'{"webhooks":{"lost":0.1}}\'',
  ])
    .option('--port <port>', 'port on 127.0.0.1; 0 takes a free one', '4010')
    .option('--webhook-url <url>', "where webhooks are sent; the provider's name is added as last segment")
    .addOption(
      new Option('--provider <name>', 'provider to simulate; repeat it for several (default: all)').argParser(
        collect,
      ),
    )
    .option('--seed <number>', 'seed of everything random', '1')
    .option('--faults <json>', 'faults of webhooks and queries')
    .option('--frozen', 'the clock moves only by requests to /simulator/clock')
    .action(act(async () => (await import('./commands/simulate.ts')).runSimulate))

  command('record', "record a sandbox's webhooks and answers, without personal data, card data and secrets", [
    'record --out recordings/ --forward http://localhost:3000/webhooks',
  ])
    .requiredOption('--out <folder>', 'folder of the recording; only you can read it')
    .option('--forward <url>', "where webhooks are sent on; the provider's name is added as last segment")
    .option('--port <port>', 'port of the endpoint for webhooks; 0 takes a free one', '4030')
    .option('--host <host>', 'address of that endpoint', '127.0.0.1')
    .option(
      '--api-port <port>',
      "port on 127.0.0.1 of the proxy in front of the providers' query APIs",
      '4031',
    )
    .action(act(async () => (await import('./commands/record.ts')).runRecord))

  command('replay', 'send the webhooks of a recording to a shop, signed with a test secret', [
    'replay recordings/ --to http://localhost:3000/webhooks',
    'replay recordings/ --to http://localhost:3000/webhooks --shuffle --double',
  ])
    .argument('<folder>', 'folder of a recording')
    .requiredOption('--to <url>', "where webhooks are sent; the provider's name is added as last segment")
    .option('--shuffle', 'send them in another order')
    .option('--double', 'send each of them twice')
    .option('--delay [milliseconds]', 'wait before each of them; 1000 without a number')
    .option('--seed <number>', 'seed of the other order', '1')
    .option('--api-port <port>', 'port on 127.0.0.1 that answers queries from the recording', '4031')
    .option('--stay', 'go on answering queries until ended')
    .action(act(async () => (await import('./commands/replay.ts')).runReplay))

  command(
    'track',
    'run the tracker as a service: webhooks, polls, the nightly comparison, and an HTTP API for shops in any language',
    [
      'track --simulate',
      'CHANGES_URL=http://127.0.0.1:3000/changes CHANGES_SECRET=whsec_… payment-status track',
      'PAYMENT_STATUS_TOKEN=… DATABASE_URL=postgres://… payment-status track --host 0.0.0.0',
    ],
  )
    .option('--port <port>', 'port; 0 takes a free one', '4020')
    .option(
      '--host <host>',
      'address to listen on; other machines need PAYMENT_STATUS_TOKEN to be set',
      '127.0.0.1',
    )
    .option(
      '--database <place>',
      'folder of the embedded database, memory://, or a postgres:// URL (default: DATABASE_URL, else the folder .payment-status)',
    )
    .option('--changes-url <url>', 'where changes are POSTed (default: CHANGES_URL)')
    .option('--print-changes', 'without a URL: print changes and mark them as delivered; otherwise they wait')
    .addOption(new Option('--log <format>', 'format of the log').choices(['text', 'json']).default('text'))
    .option('--at <time>', 'when the nightly work starts', '02:00')
    .option(
      '--time-zone <zone>',
      'time zone of --at, of days and of the status page (default: that of the configuration file, or UTC)',
    )
    .option(
      '--simulate',
      'use simulated providers that misbehave, and let a day pass; ignores DATABASE_URL and CHANGES_URL',
    )
    .option('--orders <number>', 'number of simulated orders (default: 60, or 0 with --changes-url)')
    .option(
      '--pace <number>',
      'seconds of the simulation in one real second; 0 leaves the clock to /simulator/clock',
      '720',
    )
    .option('--seed <number>', 'seed of everything random', '1')
    .option('--faults <json>', 'faults of simulated webhooks and queries')
    .action(act(async () => (await import('./commands/track.ts')).runTrack))

  command('migrate', "print the tracker's tables as SQL", ['migrate --print > tables.sql'])
    .option('--print', 'print the SQL; the tracker creates its tables at startup')
    .option('--schema <name>', 'database schema of the tables')
    .option(
      '--directory',
      'of several databases: the tables that keep which shard a payment belongs to, for the first shard',
    )
    .action(act(async () => (await import('./commands/migrate.ts')).runMigrate))

  return program
}

/** Adds the completion. Its library is loaded for `complete` only; otherwise the command is a line of the help. */
async function addCompletion(program: Command, given: readonly string[]): Promise<void> {
  const name = 'complete'
  if (!given.includes(name)) program.command(`${name} [shell]`)
  else (await import('@bomb.sh/tab/commander')).default(program)
  const complete = program.commands.find((one) => one.name() === name)
  complete?.description('print the completion script of a shell: bash, zsh, fish or powershell')
  complete?.hook('preAction', (_, command) => {
    if (command.args[0] === 'bash') program.configureOutput().writeOut?.(bashFallback)
  })
}

/** The script of bash needs one function of bash-completion. Where that is not loaded, this one takes its place. */
const bashFallback = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]:-}
    }
fi
`

/** Collects the values of a repeated option. */
function collect(value: string, others: readonly string[] | undefined): readonly string[] {
  return [...(others ?? []), value]
}

const providerHelp = `${listNames(knownProviders.map(({ name }) => name))}, or a name of your configuration file`

const generalHelp = `
Providers are configured by the environment, or by a payment-status.config.ts:
${knownProviders.map(({ title, environment }) => `  ${title.padEnd(14)}${environment.variables.join(', ')}`).join('\n')}
Variables that end in _BASE_URL lead to a simulator.
The service:    DATABASE_URL, PAYMENT_STATUS_TOKEN, CHANGES_URL, CHANGES_SECRET

Exit codes: 0 good · 1 differences or a negative answer · 2 usage or configuration · 3 provider or database not reachable

Start with: payment-status explain FILE
`

function withPeriod(command: Command): Command {
  return command
    .option('--day <day>', "a day such as 2026-11-20, or 'yesterday'")
    .option('--from <moment>', 'from this day or instant')
    .option('--to <moment>', 'until just before this day or instant')
    .option(
      '--time-zone <zone>',
      'time zone of days: +08:00, Europe/Berlin (default: that of the configuration file, or UTC)',
    )
}

function integrationOption(): Option {
  return new Option(
    '--integration <kind>',
    'Onerway: hosted if a declined attempt can be tried again on its page (default: ONERWAY_INTEGRATION, else as the payload looks)',
  ).choices(['direct', 'hosted'])
}

/** Writes one line, and returns the exit code. An unexpected error is named by its kind: its message could hold anything. */
function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage
  if (terminal.signal.aborted) return exitCodes.good
  if (isPaymentError(error)) {
    const { message, requestId } = error
    terminal.warn(`${message.replace(/^\[([^\]]*)\] /, '$1: ')}${requestId ? ` (request ${requestId})` : ''}`)
    return exitCodeOf(error.code)
  }
  const problem = describeDatabaseError(error)
  if (problem !== undefined) {
    terminal.warn(`payment-status: ${problem}`)
    return exitCodes.unreachable
  }
  const { code, name } = toFault(error)
  terminal.warn(`payment-status: something unexpected went wrong (${code ?? name})`)
  return exitCodes.unreachable
}

function toFault(error: unknown): { readonly code?: string; readonly name: string } {
  if (!(error instanceof Error)) return { name: 'no error was given' }
  const { code } = error as NodeJS.ErrnoException
  return { name: error.name, ...(typeof code === 'string' ? { code } : {}) }
}
