import { type CheckoutComProvider, createCheckoutCom } from '@payment-status/checkout-com'
import { isPaymentError } from '@payment-status/core'
import { createOnerway, type OnerwayProvider } from '@payment-status/onerway'
import { createStripe, type StripeProvider } from '@payment-status/stripe'

/** The variables that configure the providers. `process.env` is such an environment. */
export const environmentVariables = [
  'CKO_SECRET_KEY',
  'CKO_WEBHOOK_SECRET',
  'CKO_BASE_URL',
  'ONERWAY_MERCHANT_NO',
  'ONERWAY_SECRET_KEY',
  'ONERWAY_ENVIRONMENT',
  'ONERWAY_INTEGRATION',
  'ONERWAY_BASE_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_BASE_URL',
] as const
export type EnvironmentVariable = (typeof environmentVariables)[number]

/** Any of our variables, beside whatever else an environment holds. */
export type Environment = Readonly<Record<string, string | undefined>> & {
  readonly [Name in EnvironmentVariable]?: string | undefined
}

export type EnvironmentProvider = CheckoutComProvider | OnerwayProvider | StripeProvider

/** Something an environment lacks, or has wrongly. */
export interface EnvironmentGap {
  readonly provider: 'checkout-com' | 'onerway' | 'stripe'
  readonly variables: readonly EnvironmentVariable[]
  /** Whether the provider could not be made at all; otherwise it is there, and cannot do one thing. */
  readonly isFatal: boolean
  /** Names variables, never their values. */
  readonly sentence: string
}

export interface EnvironmentProviders {
  /** Those that are configured: give them to `createPayments`. */
  readonly providers: readonly EnvironmentProvider[]
  readonly gaps: readonly EnvironmentGap[]
}

/**
 * The providers an environment configures, and a sentence for whatever is missing in it or cannot be right. Throws
 * nothing: a shop that uses one provider sets the variables of that one.
 *
 * @example
 * const { providers, gaps } = providersFromEnvironment(process.env)
 * for (const { sentence } of gaps) console.warn(sentence)
 * const payments = createPayments(providers)
 */
export function providersFromEnvironment(environment: Environment): EnvironmentProviders {
  const providers: EnvironmentProvider[] = []
  const gaps: EnvironmentGap[] = []
  const read = (name: EnvironmentVariable) => environment[name]?.trim() || undefined
  const makers = { 'checkout-com': makeCheckoutCom, onerway: makeOnerway, stripe: makeStripe } as const
  for (const [name, make] of Object.entries(makers)) {
    const provider = name as EnvironmentGap['provider']
    const own: EnvironmentGap[] = []
    const report: Report = (isFatal, variables, sentence) =>
      own.push({ provider, variables, isFatal, sentence: `${provider}: ${sentence}` })
    try {
      const made = make(read, report)
      if (made) providers.push(made)
    } catch (error) {
      // Our own errors name what is expected and never a value; what else is thrown may repeat one.
      const why = isPaymentError(error)
        ? error.message.replace(/^\[[^\]]*\] /, '')
        : 'it cannot be configured so'
      report(
        true,
        environmentVariables.filter((variable) => isOf(provider, variable) && read(variable)),
        why,
      )
    }
    const fatal = own.filter(({ isFatal }) => isFatal)
    gaps.push(...(fatal.length > 0 ? fatal : own))
  }
  return { providers, gaps }
}

/** Whether an environment says nothing at all of a provider: then nobody meant it to be there. */
export function isUnset(provider: EnvironmentGap['provider'], environment: Environment): boolean {
  return !environmentVariables.some((variable) => isOf(provider, variable) && environment[variable]?.trim())
}

type Read = (name: EnvironmentVariable) => string | undefined
type Report = (isFatal: boolean, variables: readonly EnvironmentVariable[], sentence: string) => void

function makeCheckoutCom(read: Read, report: Report): CheckoutComProvider | undefined {
  const secretKey = read('CKO_SECRET_KEY')
  const webhookSecrets = read('CKO_WEBHOOK_SECRET')
  if (!checkPair(report, 'CKO_SECRET_KEY', secretKey, 'CKO_WEBHOOK_SECRET', webhookSecrets)) return undefined
  return createCheckoutCom({ secretKey, webhookSecrets, baseUrl: read('CKO_BASE_URL') })
}

function makeStripe(read: Read, report: Report): StripeProvider | undefined {
  const secretKey = read('STRIPE_SECRET_KEY')
  const webhookSecrets = read('STRIPE_WEBHOOK_SECRET')
  if (!checkPair(report, 'STRIPE_SECRET_KEY', secretKey, 'STRIPE_WEBHOOK_SECRET', webhookSecrets)) {
    return undefined
  }
  return createStripe({ secretKey, webhookSecrets, baseUrl: read('STRIPE_BASE_URL') })
}

/** One key to ask with and one to verify with: either is of use without the other. */
function checkPair(
  report: Report,
  keyName: EnvironmentVariable,
  key: string | undefined,
  secretName: EnvironmentVariable,
  secret: string | undefined,
): boolean {
  if (key === undefined && secret === undefined) {
    report(true, [keyName, secretName], `${keyName} is not set`)
    return false
  }
  if (key === undefined) report(false, [keyName], `${keyName} is not set, so nothing can be looked up`)
  if (secret === undefined)
    report(false, [secretName], `${secretName} is not set, so no webhook can be verified`)
  return true
}

function makeOnerway(read: Read, report: Report): OnerwayProvider | undefined {
  const merchantNo = read('ONERWAY_MERCHANT_NO')
  const secretKey = read('ONERWAY_SECRET_KEY')
  const environment = read('ONERWAY_ENVIRONMENT')
  const integration = read('ONERWAY_INTEGRATION')
  const lacking = Object.entries({
    ONERWAY_MERCHANT_NO: merchantNo,
    ONERWAY_SECRET_KEY: secretKey,
    ONERWAY_ENVIRONMENT: environment,
    ONERWAY_INTEGRATION: integration,
  }).flatMap(([name, value]) => (value === undefined ? [name as EnvironmentVariable] : []))
  if (lacking.length > 0) {
    report(true, lacking, `${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not set`)
    return undefined
  }
  if (environment !== 'sandbox' && environment !== 'production') {
    report(true, ['ONERWAY_ENVIRONMENT'], "ONERWAY_ENVIRONMENT must be 'sandbox' or 'production'")
    return undefined
  }
  if (integration !== 'direct' && integration !== 'hosted') {
    report(true, ['ONERWAY_INTEGRATION'], "ONERWAY_INTEGRATION must be 'direct' or 'hosted'")
    return undefined
  }
  return createOnerway({
    merchantNo: merchantNo ?? '',
    secretKey: secretKey ?? '',
    environment,
    integration,
    baseUrl: read('ONERWAY_BASE_URL'),
  })
}

function isOf(provider: EnvironmentGap['provider'], variable: EnvironmentVariable): boolean {
  const prefix = { 'checkout-com': 'CKO_', onerway: 'ONERWAY_', stripe: 'STRIPE_' }[provider]
  return variable.startsWith(prefix)
}
