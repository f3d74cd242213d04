import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toFlowDecline } from '../packages/checkout-com/src/decline.ts'
import { readClientResult } from '../packages/checkout-com/src/hint.ts'
import { toPaymentStatus as toCheckoutComStatus } from '../packages/checkout-com/src/status.ts'
import {
  checkoutComFlowErrors,
  checkoutComFlowReasons,
  checkoutComStatuses,
} from '../packages/checkout-com/src/vocabulary.ts'
import * as paypal from '../packages/paypal/src/index.ts'
import { toCaptureMeaning, toHoldMeaning, toRefundMeaning } from '../packages/paypal/src/status.ts'
import * as stripe from '../packages/stripe/src/status.ts'
import * as stripeWords from '../packages/stripe/src/vocabulary.ts'
import { judgedStripeCodes, judgedStripeFamilies } from './judged-stripe.ts'
import { type PublishedWords, readPublished } from './published-words.ts'

/** One of our vocabularies, where the library declares its own, and our meaning of an unlisted word. */
interface Vocabulary {
  readonly name: string
  readonly ours: readonly string[]
  theirs(published: PublishedWords): readonly string[] | undefined
  say(word: string): string
}

interface Source {
  readonly library: string
  readonly vocabularies: readonly Vocabulary[]
}

/** A word of a library that our vocabulary lacks. */
export interface Drift {
  readonly library: string
  readonly vocabulary: string
  readonly word: string
  readonly today: string
}

const isOfFamily = (type: string) =>
  stripeWords.stripeEventFamilies.some((family) => type.startsWith(`${family}.`))

/** Returns the words before each type's last dot. A family within one of ours (`charge.refund`) is read like it. */
function toFamilies(types: readonly string[] | undefined): string[] | undefined {
  const families = types?.map((type) => type.slice(0, type.lastIndexOf('.')))
  return families && [...new Set(families)].filter((family) => !isOfFamily(family))
}

/** Types of Flow's errors that were judged: only the first two can concern a payment that was requested. */
const judgedFlowErrorTypes = ['Request', 'PaymentMethod', 'Integration', 'Submit', 'Validation']

export const sources: readonly Source[] = [
  {
    library: 'stripe',
    vocabularies: [
      union('PaymentIntent.Status', stripeWords.stripeStatuses, (status) =>
        stripe.toPaymentStatus({ status }),
      ),
      union('PaymentIntent.CancellationReason', stripeWords.stripeCancellationReasons, (reason) =>
        stripe.toPaymentStatus({ status: 'canceled', cancellation_reason: reason }),
      ),
      members('PaymentIntent.NextAction', stripeWords.stripeNextActionTypes, stripe.toActionMeaning),
      union('Charge.Status', stripeWords.stripeChargeStatuses, stripe.toChargeOperationStatus),
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
        name: 'Event.type, its families',
        ours: [...stripeWords.stripeEventFamilies, ...judgedStripeFamilies],
        theirs: (published) => toFamilies(published.fixedIn('resources/Events.d.ts', 'type')),
        say: (family) => stripe.toEventMeaning(`${family}.`).kind,
      },
      union(
        'PaymentIntent.LastPaymentError.Code',
        [...stripeWords.stripeErrorCodes, ...judgedStripeCodes],
        () => 'other',
      ),
    ],
  },
  {
    // This library publishes no vocabulary of payments. The texts it compares a status with are the only source.
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
  {
    library: '@paypal/paypal-server-sdk',
    vocabularies: [
      enumeration('OrderStatus', paypal.paypalOrderStatuses, (status) => paypal.toPaymentStatus({ status })),
      enumeration('CaptureStatus', paypal.paypalCaptureStatuses, (status) => toCaptureMeaning(status, null)),
      enumeration('CaptureIncompleteReason', paypal.paypalCaptureReasons, (reason) =>
        toCaptureMeaning('PENDING', reason),
      ),
      enumeration('AuthorizationStatus', paypal.paypalAuthorizationStatuses, toHoldMeaning),
      enumeration('RefundStatus', paypal.paypalRefundStatuses, toRefundMeaning),
    ],
  },
  {
    library: '@checkout.com/checkout-web-components',
    vocabularies: [
      enumeration('PaymentDeclineReason', checkoutComFlowReasons, (reason) => toFlowDecline(reason).reason),
      enumeration('PaymentAbortReason', checkoutComFlowReasons, (reason) => toFlowDecline(reason).reason),
      enumeration('CheckoutRequestErrorCode', checkoutComFlowErrors, toFlowAppearance),
      enumeration('CheckoutPaymentMethodErrorCode', checkoutComFlowErrors, toFlowAppearance),
      enumeration('CheckoutErrorType', judgedFlowErrorTypes, () => 'not heeded'),
    ],
  },
]

function toFlowAppearance(code: string): string {
  return readClientResult({ code }, 'checkout-com').appears ?? 'no appearance'
}

function union(name: string, ours: readonly string[], say: (word: string) => string): Vocabulary {
  return { name, ours, say, theirs: (published) => published.ofUnion(name) }
}

function enumeration(name: string, ours: readonly string[], say: (word: string) => string): Vocabulary {
  return { name, ours, say, theirs: (published) => published.ofEnum(name) }
}

function members(name: string, ours: readonly string[], say: (word: string) => string): Vocabulary {
  const theirs = (published: PublishedWords) =>
    published.membersOf(name)?.filter((member) => member !== 'type')
  return { name, ours, say, theirs }
}

/** Compares the libraries installed in a folder with our vocabularies. Throws if a library has moved a type. */
export function findDrift(folder: string, print: (line: string) => void = () => {}): Drift[] {
  return sources.flatMap(({ library, vocabularies }) => {
    const published = readPublished(folder, library)
    print(`${library} ${published.version}`)
    return vocabularies.flatMap((vocabulary) => {
      const { name, ours, say } = vocabulary
      const theirs = vocabulary.theirs(published)
      if (!theirs)
        throw new Error(`${library} ${published.version} has no ${name} where it was: see tools/drift.ts`)
      const known = new Set(ours)
      const unknown = theirs.filter((word) => !known.has(word))
      print(`  ${name}: ${theirs.length} ${theirs.length === 1 ? 'word' : 'words'}, ${unknown.length} new`)
      return unknown.map((word) => ({ library, vocabulary: name, word, today: say(word) }))
    })
  })
}

/** Installs the newest libraries in a folder, without their install scripts. */
function install(folder: string): void {
  const names = sources.map(({ library }) => `${library}@latest`)
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error']
  const { status, stderr, error } = spawnSync('npm', ['install', '--prefix', folder, ...options, ...names], {
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new Error(`the newest libraries could not be installed\n${error?.message ?? stderr}`)
}

/**
 * Compares each `vocabulary.ts` with the newest official library, or with those installed in `--from FOLDER`. Returns 0 if
 * nothing is new, 1 if a word is new, 2 if the libraries could not be compared.
 */
export function run(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: { from: { type: 'string' } } })
  const folder = values.from ?? mkdtempSync(join(tmpdir(), 'payment-status-drift-'))
  try {
    if (values.from === undefined) install(folder)
    const drift = findDrift(folder, (line) => console.log(line))
    const compared = sources.flatMap(({ vocabularies }) => vocabularies).length
    const where = `the ${compared} vocabularies above, of ${sources.length} libraries`
    console.log(drift.length === 0 ? `\nnothing new in ${where}` : `\nnew in ${where}:`)
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
