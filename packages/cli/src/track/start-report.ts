import type { EnvironmentGap } from '@payment-status/core'
import { match } from 'ts-pattern'
import type { Terminal } from '../terminal.ts'
import { SHORTEST_STRONG_TOKEN, type Token } from './token.ts'

/** Settings of a service that has started. */
export interface Started {
  readonly url: string
  readonly providers: readonly string[]
  readonly database: DatabasePlace
  /** Names of shards that cannot be reached. */
  readonly lostShards: readonly string[]
  readonly changes: ChangesPlace
  readonly token: Token
  readonly night: { readonly at: string; readonly timeZone: string }
  readonly isSimulated: boolean
  readonly providerGaps: readonly EnvironmentGap[]
}

export type DatabasePlace =
  | { readonly kind: 'postgresql'; readonly address: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'shards'
      readonly shards: readonly { readonly name: string; readonly address: string }[]
      readonly directory?: string
    }

export type ChangesPlace =
  | { readonly kind: 'post'; readonly target: string }
  | { readonly kind: 'print' }
  | { readonly kind: 'wait' }

/** Writes where the service listens, what it uses, and every gap of its configuration as a sentence. */
export async function writeStartReport(terminal: Terminal, started: Started, asJson: boolean): Promise<void> {
  const { url, providers, token } = started
  const gaps = findGaps(started)
  const page = `${url}/status`
  if (asJson) {
    await terminal.writeJson({
      kind: 'listening',
      url,
      page,
      providers,
      database: describeDatabase(started.database),
      changes: describeChanges(started.changes),
      ...(token.origin === 'made' ? { token: token.value } : {}),
      gaps,
    })
    return
  }
  await terminal.writeLine(
    `${started.isSimulated ? 'Simulating' : 'Tracking'} ${providers.join(', ')} on ${url}`,
  )
  const rows = [
    ['status page', page],
    ['webhooks', providers.map((name) => `${url}/webhooks/${name}`).join(', ')],
    ['database', describeDatabase(started.database)],
    ['changes', describeChanges(started.changes)],
    ['night', `the comparison with the providers starts at ${started.night.at} (${started.night.timeZone})`],
    ['token', describeToken(token)],
  ] as const
  for (const [name, text] of rows) await terminal.writeLine(`  ${name.padEnd(13)}${text}`)
  for (const gap of gaps) await terminal.writeLine(`  ! ${gap}`)
}

function findGaps({ providerGaps, changes, database, lostShards, token, isSimulated }: Started): string[] {
  const gaps = providerGaps.map(({ sentence }) => `${sentence}.`)
  for (const shard of lostShards)
    gaps.push(
      `The shard ${shard} cannot be reached: its orders are answered 503, and it is tried again until it is there. Start its database, or correct its URL.`,
    )
  if (changes.kind === 'wait')
    gaps.push(
      'CHANGES_URL is not set: changes wait in the database, and the shop is not informed of any payment. Set CHANGES_URL and CHANGES_SECRET, or print changes with --print-changes.',
    )
  if (changes.kind === 'print' && !isSimulated)
    gaps.push(
      '--print-changes is set: a change that is printed here counts as delivered, and the shop never receives it.',
    )
  if (database.kind === 'folder')
    gaps.push(
      `DATABASE_URL is not set: the database is the folder ${database.path}, which belongs to one process. Back it up, and keep it on a volume that outlives a container.`,
    )
  if (database.kind === 'memory' && !isSimulated)
    gaps.push('The database is in memory: every order is lost when this process ends.')
  if (token.origin === 'environment' && token.value.length < SHORTEST_STRONG_TOKEN)
    gaps.push(
      `PAYMENT_STATUS_TOKEN has fewer than ${SHORTEST_STRONG_TOKEN} characters and can be guessed. Use a random one, such as the output of: openssl rand -base64 32`,
    )
  if (token.origin === 'made' && token.file === undefined && !isSimulated)
    gaps.push(
      'PAYMENT_STATUS_TOKEN is not set and no file can keep a token: this one is valid until the process ends.',
    )
  const isShared = database.kind === 'postgresql' || database.kind === 'shards'
  if (token.origin !== 'environment' && isShared && !isSimulated)
    gaps.push(
      'PAYMENT_STATUS_TOKEN is not set: other replicas on this database have other tokens. Set the same one for all.',
    )
  return gaps
}

function describeDatabase(place: DatabasePlace): string {
  return match(place)
    .with({ kind: 'postgresql' }, ({ address }) => `PostgreSQL, ${address}`)
    .with({ kind: 'shards' }, ({ shards, directory }) => {
      const all = shards.map(({ name, address }) => `${name} is ${address}`)
      return `PostgreSQL, ${shards.length} shards: ${[...all, ...(directory ? [`the directory is ${directory}`] : [])].join('; ')}`
    })
    .with({ kind: 'folder' }, ({ path }) => `embedded, in the folder ${path}`)
    .with({ kind: 'memory' }, () => 'embedded, in memory')
    .exhaustive()
}

function describeChanges(place: ChangesPlace): string {
  if (place.kind === 'post') return `POSTed to ${place.target}`
  return place.kind === 'print'
    ? 'printed here, and then marked as delivered'
    : 'wait until CHANGES_URL is set'
}

function describeToken({ origin, value, file }: Token): string {
  if (origin === 'environment') return 'the value of PAYMENT_STATUS_TOKEN'
  if (origin === 'file') return `in the file ${file}`
  return `${value} (made at this start${file === undefined ? '' : `, kept in ${file}`}; shown only now)`
}
