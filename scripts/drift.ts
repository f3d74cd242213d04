/**
 * Has a provider learned a word that we have not? Puts the words of each `vocabulary.ts` beside what the newest official
 * library publishes, and says what we make of each new word today.
 *
 *   pnpm drift                  asks the registry for the newest versions
 *   pnpm drift --from FOLDER    reads the ones installed in FOLDER/node_modules
 *
 * Ends with 0 where nothing is new, 1 where something is, and 2 where it could not be found out.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toPaymentStatus as toCheckoutComStatus } from '../packages/checkout-com/src/status.ts'
import { checkoutComStatuses } from '../packages/checkout-com/src/vocabulary.ts'
import * as stripe from '../packages/stripe/src/status.ts'
import * as stripeWords from '../packages/stripe/src/vocabulary.ts'
import { type PublishedWords, readPublished } from './published-words.ts'

/** One vocabulary of ours, where theirs is, and what we say of a word that is not ours. */
interface Vocabulary {
  readonly name: string
  readonly ours: readonly string[]
  theirs(published: PublishedWords): readonly string[] | undefined
  say(word: string): string
  /** Of a set that holds far more than payments, only what is newer than the tested version is news. */
  readonly onlyNewer?: boolean
}

interface Source {
  readonly library: string
  /** Where the version is installed that our types are tested against. */
  readonly tested?: string
  readonly vocabularies: readonly Vocabulary[]
}

/** A word they have and we have not. */
export interface Drift {
  readonly library: string
  readonly vocabulary: string
  readonly word: string
  readonly today: string
}

const isOfFamily = (type: string) =>
  stripeWords.stripeEventFamilies.some((family) => type.startsWith(`${family}.`))

export const sources: readonly Source[] = [
  {
    library: 'stripe',
    tested: 'packages/stripe',
    vocabularies: [
      union('PaymentIntent.Status', stripeWords.stripeStatuses, (status) =>
        stripe.toPaymentStatus({ status }),
      ),
      union('PaymentIntent.CancellationReason', stripeWords.stripeCancellationReasons, (reason) =>
        stripe.toPaymentStatus({ status: 'canceled', cancellation_reason: reason }),
      ),
      members('PaymentIntent.NextAction', stripeWords.stripeNextActionTypes, stripe.toActionMeaning),
      union('Charge.Status', stripeWords.stripeChargeStatuses, stripe.toChargeStepStatus),
      members('Charge.PaymentMethodDetails', stripeWords.stripeMethodTypes, stripe.toMethodKind),
      union('Charge.Outcome.AdviceCode', stripeWords.stripeAdviceCodes, () => 'not heeded'),
      union('Dispute.Status', stripeWords.stripeDisputeStatuses, stripe.toDisputeStatus),
      {
        name: 'Event.type, of the families we read',
        ours: stripeWords.stripeEventTypes,
        theirs: (published) => published.fixedIn('resources/Events.d.ts', 'type')?.filter(isOfFamily),
        say: (type) => stripe.toEventMeaning(type).kind,
      },
      {
        ...union('PaymentIntent.LastPaymentError.Code', stripeWords.stripeErrorCodes, () => 'other'),
        onlyNewer: true, // most of them are errors of a request, and no refusal
      },
    ],
  },
  {
    // It types answers as `any` and publishes no vocabulary of payments: what it compares a status with is all there is.
    library: 'checkout-sdk-node',
    vocabularies: [
      {
        name: 'status',
        ours: checkoutComStatuses,
        theirs: (published) => published.comparedWith('status'),
        say: (status) => toCheckoutComStatus({ status, approved: true }),
      },
    ],
  },
]

function union(name: string, ours: readonly string[], say: (word: string) => string): Vocabulary {
  return { name, ours, say, theirs: (published) => published.ofUnion(name) }
}

function members(name: string, ours: readonly string[], say: (word: string) => string): Vocabulary {
  const theirs = (published: PublishedWords) =>
    published.membersOf(name)?.filter((member) => member !== 'type')
  return { name, ours, say, theirs }
}

/** Compares the libraries installed in a folder. Throws where one of their types is not where it was. */
export function findDrift(folder: string, tell: (line: string) => void = () => {}): Drift[] {
  return sources.flatMap(({ library, tested, vocabularies }) => {
    const published = readPublished(folder, library)
    tell(`${library} ${published.version}`)
    return vocabularies.flatMap((vocabulary) => {
      const { name, ours, say, onlyNewer } = vocabulary
      const theirs = vocabulary.theirs(published)
      if (!theirs)
        throw new Error(`${library} ${published.version} has no ${name} where it was: see scripts/drift.ts`)
      const before = onlyNewer && tested ? vocabulary.theirs(readPublished(tested, library)) : []
      const known = new Set([...ours, ...(before ?? [])])
      const unknown = theirs.filter((word) => !known.has(word))
      tell(`  ${name}: ${theirs.length} ${theirs.length === 1 ? 'word' : 'words'}, ${unknown.length} new`)
      return unknown.map((word) => ({ library, vocabulary: name, word, today: say(word) }))
    })
  })
}

/** Installs the newest libraries in a folder of their own, without running anything of theirs. */
function install(folder: string): void {
  const names = sources.map(({ library }) => `${library}@latest`)
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error']
  const { status, stderr, error } = spawnSync('npm', ['install', '--prefix', folder, ...options, ...names], {
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new Error(`the newest libraries could not be installed\n${error?.message ?? stderr}`)
}

function run(): number {
  const { values } = parseArgs({ options: { from: { type: 'string' } } })
  const folder = values.from ?? mkdtempSync(join(tmpdir(), 'payment-status-drift-'))
  try {
    if (values.from === undefined) install(folder)
    const drift = findDrift(folder, (line) => console.log(line))
    console.log(drift.length === 0 ? '\nnothing new' : '\nthey say, and we have no word for:')
    for (const { library, vocabulary, word, today } of drift) {
      console.log(`  ${library} ${vocabulary}: ${word} (today: ${today})`)
    }
    return drift.length === 0 ? 0 : 1
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  } finally {
    if (values.from === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) process.exitCode = run()
