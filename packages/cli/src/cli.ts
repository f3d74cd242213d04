import { isPaymentError } from '@payment-status/core'
import { Command, CommanderError, Option } from 'commander'
import type { CommonOptions, Run } from './context.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit.ts'
import { listFormats } from './list-formats.ts'
import { createTerminal, type Terminal, type World } from './terminal.ts'
import { version } from './version.ts'

/**
 * Runs the command line with what stands behind its name, and resolves with the exit code: 0 good, 1 differences or a
 * negative answer, 2 usage or configuration, 3 the provider could not be asked. Never rejects.
 */
export async function runCli(given: readonly string[], world: World): Promise<ExitCode> {
  const terminal = createTerminal(world)
  let result: ExitCode = exitCodes.good
  /** Each command's module is loaded when it runs: `explain` needs no database. */
  const act =
    <Options, Arguments extends readonly unknown[]>(load: () => Promise<Run<Options, Arguments>>) =>
    async (...parts: unknown[]) => {
      // Commander hands over the arguments, the options and the command.
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
      'Where does a payment stand, and what may be done now? Asks Checkout.com, Onerway and Stripe.',
    )
    .version(version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help; with a command, the help of that')
    .helpCommand('help [command]', 'the help of a command')
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      // The suggestion commander makes stands on a line of its own: here one line is enough.
      outputError: (text) => terminal.warn(`payment-status: ${text.replace(/^error: /, '')}`),
    })
    .exitOverride()
    .addHelpText('after', generalHelp)

  const command = (usage: string, description: string, examples: readonly string[]): Command =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'JSON on stdout, and nothing else there')
      .option(
        '--config <file>',
        'configuration file (default: payment-status.config.ts, .mts, .js or .mjs, where there is one)',
      )
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  $ ${example.includes('payment-status') ? '' : 'payment-status '}${example}`).join('\n')}\n`,
      )

  command('explain', 'say what a provider sent: any payload, list, webhook, browser result or return URL', [
    'explain webhook.json',
    "explain 'https://shop.example/return?cko-payment-id=pay_mbabizu24mvu3mela5njyhpit4'",
    'pbpaste | payment-status explain --json',
  ])
    .argument('[source]', 'a file, a URL, or - for stdin', '-')
    .option(
      '--header <header>',
      "a header the webhook came with, as 'name: value'; several times for several",
      collect,
    )
    .option('--sent <fields>', "what was sent, for an Onerway answer: 'txnType=AUTH', or JSON")
    .addOption(integrationOption())
    .action(act(async () => (await import('./commands/explain.ts')).runExplain))

  command('verify', 'say whether a webhook holds with the configured secrets, and if not, why', [
    "verify stripe --body webhook.json --header 'Stripe-Signature: t=1763712000,v1=…'",
  ])
    .argument('<provider>', providerHelp)
    .requiredOption('--body <file>', 'the body, byte by byte as it came; - for stdin')
    .option(
      '--header <header>',
      "a header it came with, as 'name: value'; several times for several",
      collect,
    )
    .action(act(async () => (await import('./commands/verify.ts')).runVerify))

  command('lookup', 'ask a provider for one payment, by its id', [
    'lookup stripe pi_3MtwBwLkdIwHu7ix28a3tqPa',
  ])
    .argument('<provider>', providerHelp)
    .argument('<id>', "the provider's id of the payment")
    .action(act(async () => (await import('./commands/ask.ts')).runLookup))

  command('find', 'ask a provider for all payments of a reference', ['find onerway order-1001 --json'])
    .argument('<provider>', providerHelp)
    .argument('<reference>', 'your own id of the order, or of the attempt')
    .action(act(async () => (await import('./commands/ask.ts')).runFind))

  command('order', 'ask every provider for the payments of an order', ['order order-1001'])
    .argument('<reference>', 'your own id of the order')
    .action(act(async () => (await import('./commands/ask.ts')).runOrder))

  withPeriod(
    command('list', "list a provider's payments of a day or a period", [
      'list checkout-com --day yesterday',
      'list onerway --day 2026-11-20 --time-zone +08:00 --format csv > day.csv',
      'list stripe --from 2026-11-01 --to 2026-12-01 --json | jq .payment.status | sort | uniq -c',
    ]).argument('<provider>', providerHelp),
  )
    .addOption(new Option('--format <format>', 'how to write it').choices(listFormats).default('table'))
    .action(act(async () => (await import('./commands/list.ts')).runList))

  withPeriod(
    command('reconcile', "compare a provider's day with your own books", [
      'reconcile onerway --day yesterday --time-zone +08:00 --ours books.csv',
      'reconcile stripe --day 2026-11-20 --ours books.jsonl --json | jq \'select(.kind == "only_theirs")\'',
    ]).argument('<provider>', providerHelp),
  )
    .option(
      '--ours <file>',
      'your books: CSV (id,reference,status,amount,currency,captured,refunded; amounts in minor units) or JSON lines; - for stdin',
    )
    .option(
      '--database <folder>',
      "without --ours: the folder of the tracker's database (DATABASE_URL comes before it)",
    )
    .action(act(async () => (await import('./commands/reconcile.ts')).runReconcile))

  command('simulate', 'run simulated providers, for tests in any language', [
    'simulate --port 4010 --webhook-url http://127.0.0.1:3000/webhooks',
    'simulate --frozen --seed 7 --faults \'{"webhooks":{"lost":0.1}}\'',
  ])
    .option('--port <port>', 'where to listen, on 127.0.0.1; 0 takes a free one', '4010')
    .option('--webhook-url <url>', "where webhooks go: the provider's name is added as last segment")
    .addOption(
      new Option('--provider <name>', 'whom to play, several times for several (default: all)').argParser(
        collect,
      ),
    )
    .option('--seed <number>', 'where all chance comes from', '1')
    .option('--faults <json>', 'how webhooks and queries misbehave')
    .option('--frozen', 'the clock moves only when it is told to')
    .action(act(async () => (await import('./commands/simulate.ts')).runSimulate))

  command(
    'track',
    'run the tracker as a service: webhooks, looks, nightly work, an HTTP API for shops in any language',
    [
      'track --simulate',
      'CHANGES_URL=http://127.0.0.1:3000/changes CHANGES_SECRET=whsec_… payment-status track',
      'PAYMENT_STATUS_TOKEN=… DATABASE_URL=postgres://… payment-status track --host 0.0.0.0',
    ],
  )
    .option('--port <port>', 'where to listen; 0 takes a free one', '4020')
    .option('--host <host>', 'on which address; any but this machine needs PAYMENT_STATUS_TOKEN', '127.0.0.1')
    .option(
      '--database <folder>',
      'folder of the embedded database, or memory:// (default: .payment-status; DATABASE_URL comes before it)',
    )
    .option('--at <time>', 'when the nightly work is done', '02:00')
    .option('--time-zone <zone>', 'in which zone (default: of the configuration file, or UTC)')
    .option('--simulate', 'with simulated providers that misbehave, and a day that goes by')
    .option('--orders <number>', 'how many orders are simulated (default: 60; 0 where CHANGES_URL is set)')
    .option(
      '--pace <number>',
      'seconds of the simulated providers in one of ours; 0 leaves their clock to /simulator/clock',
      '720',
    )
    .option('--seed <number>', 'where all chance comes from', '1')
    .option('--faults <json>', 'how simulated webhooks and queries misbehave')
    .action(act(async () => (await import('./commands/track.ts')).runTrack))

  command('migrate', "print the tracker's tables as SQL", ['migrate --print > tables.sql'])
    .option('--print', 'print them: the tracker brings its tables by itself')
    .option('--schema <name>', 'the schema they are in')
    .action(act(async () => (await import('./commands/migrate.ts')).runMigrate))

  return program
}

/** What completes is loaded where somebody completes; everywhere else it is a line of the help. */
async function addCompletion(program: Command, given: readonly string[]): Promise<void> {
  const name = 'complete'
  if (!given.includes(name)) program.command(`${name} [shell]`)
  else (await import('@bomb.sh/tab/commander')).default(program)
  program.commands.find((one) => one.name() === name)?.description('print the completion script of a shell')
}

/** An option that may be given several times. */
function collect(value: string, others: readonly string[] | undefined): readonly string[] {
  return [...(others ?? []), value]
}

const providerHelp = 'its name: checkout-com, onerway or stripe, or one of your configuration file'

const generalHelp = `
Providers are configured by the environment (or a payment-status.config.ts):
  Checkout.com  CKO_SECRET_KEY, CKO_WEBHOOK_SECRET
  Onerway       ONERWAY_MERCHANT_NO, ONERWAY_SECRET_KEY, ONERWAY_ENVIRONMENT (sandbox, production),
                ONERWAY_INTEGRATION (direct, hosted)
  Stripe        STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
  CKO_BASE_URL, ONERWAY_BASE_URL and STRIPE_BASE_URL lead to a simulator instead.
The service:    DATABASE_URL, PAYMENT_STATUS_TOKEN, CHANGES_URL, CHANGES_SECRET

Exit codes: 0 good · 1 differences, or a negative answer · 2 usage or configuration · 3 the provider could not be asked

Start with: payment-status explain FILE
`

function withPeriod(command: Command): Command {
  return command
    .option('--day <day>', "a day such as 2026-11-20, or 'yesterday'")
    .option('--from <moment>', 'from this day or instant')
    .option('--to <moment>', 'until just before this day or instant')
    .option(
      '--time-zone <zone>',
      'whose days: +08:00, Europe/Berlin (default: of the configuration file, or UTC)',
    )
}

function integrationOption(): Option {
  return new Option(
    '--integration <kind>',
    'Onerway: may a refused attempt be tried again on its page? (default: ONERWAY_INTEGRATION, else as the payload looks)',
  ).choices(['direct', 'hosted'])
}

/** One clear line, and the exit code that fits. What nobody foresaw is named by its kind: its message could hold anything. */
function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage
  if (terminal.signal.aborted) return exitCodes.good
  if (isPaymentError(error)) {
    const { message, requestId } = error
    terminal.warn(`${message.replace(/^\[([^\]]*)\] /, '$1: ')}${requestId ? ` (request ${requestId})` : ''}`)
    return exitCodeOf(error.code)
  }
  const { code, name } = toFault(error)
  if (code !== undefined && /^(ECONN|ENOTFOUND|EHOST|ETIMEDOUT|28|08|3D|57)/.test(code)) {
    terminal.warn(`payment-status: the database cannot be used (${code})`)
    return exitCodes.unreachable
  }
  terminal.warn(`payment-status: something unexpected went wrong (${code ?? name})`)
  return exitCodes.unreachable
}

function toFault(error: unknown): { readonly code?: string; readonly name: string } {
  if (!(error instanceof Error)) return { name: 'no error was given' }
  const { code } = error as NodeJS.ErrnoException
  return { name: error.name, ...(typeof code === 'string' ? { code } : {}) }
}
