import {
  isPaymentError,
  type PaymentError,
  type PaymentProvider,
  type WebhookEvent,
} from '@payment-status/core'
import { readSetup } from '../config.ts'
import { findProvider, type Run } from '../context.ts'
import { exitCodes } from '../exit.ts'
import { readHeaders } from '../headers.ts'
import { readBytes } from '../input.ts'

export interface VerifyOptions {
  readonly body: string
  readonly header?: readonly string[] | undefined
}

type Flaw = 'no_header' | 'too_old' | 'changed_body' | 'other_key_or_changed_body'

/** Changes that commonly happen to a body on its way, each with its reverse. */
const repairs: readonly (readonly [what: string, repair: (text: string) => string | undefined])[] = [
  ['a line break was added at its end', (text) => text.replace(/\r?\n$/, '')],
  ['a line break was removed from its end', (text) => `${text}\n`],
  ['its line breaks were changed', (text) => text.replaceAll('\r\n', '\n')],
  ['a byte order mark was added', (text) => text.replace(/^\uFEFF/, '')],
  ['it was parsed and serialized again, in another layout', (text) => rewrite(text, undefined)],
  ['it was parsed and serialized again, in another layout', (text) => rewrite(text, 2)],
]

/** Verifies a webhook's signature, and names the cause if it is not valid. */
export const runVerify: Run<VerifyOptions, [provider: string]> = async (
  { world, terminal },
  options,
  name,
) => {
  const setup = await readSetup(world.env, { cwd: world.cwd, path: options.config })
  const provider = findProvider(setup, name)
  const headers = readHeaders(options.header ?? [])
  const rawBody = await readBytes(options.body, world, terminal.signal)
  try {
    const event = await provider.readWebhook({ rawBody, headers })
    if (options.json) await terminal.writeJson({ valid: true, event })
    else await terminal.writeLine(`the signature is valid: ${describe(event)}`)
    return exitCodes.good
  } catch (error) {
    if (!isPaymentError(error) || error.code === 'invalid_input') throw error
    if (error.code !== 'invalid_signature') {
      // Only a body with a valid signature is read.
      if (options.json) await terminal.writeJson({ valid: true, problem: error.message })
      else await terminal.writeLine(`the signature is valid, but ${error.message}`)
      return exitCodes.negative
    }
    const { flaw, message } = await findFlaw(provider, { body: rawBody, headers }, error)
    if (options.json) await terminal.writeJson({ valid: false, flaw, message })
    else await terminal.writeLine(`the signature is not valid: ${message}`)
    return exitCodes.negative
  }
}

async function findFlaw(
  provider: PaymentProvider,
  { body, headers }: { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> },
  error: PaymentError,
): Promise<{ readonly flaw: Flaw; readonly message: string }> {
  const message = error.message.replace(/^\[[^\]]*\] /, '')
  if (/has no .*header|is not signed/.test(message)) return { flaw: 'no_header', message }
  if (/older than|from the future/.test(message)) return { flaw: 'too_old', message }
  const text = body.toString('utf8')
  for (const [what, repair] of repairs) {
    const rawBody = repair(text)
    if (rawBody === undefined || rawBody === text) continue
    if (await holds(provider, rawBody, headers)) {
      return { flaw: 'changed_body', message: `the body was changed after it was signed: ${what}` }
    }
  }
  return {
    flaw: 'other_key_or_changed_body',
    message:
      'it was signed with a key other than the configured one, or the body was changed after it was signed',
  }
}

async function holds(
  provider: PaymentProvider,
  rawBody: string,
  headers: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await provider.readWebhook({ rawBody, headers })
    return true
  } catch (error) {
    // A reader checks the age after the signature.
    return (
      isPaymentError(error) && (error.code !== 'invalid_signature' || /older than|future/.test(error.message))
    )
  }
}

function rewrite(text: string, indentation: number | undefined): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, indentation)
  } catch {
    return undefined
  }
}

function describe(event: WebhookEvent): string {
  return `${event.type}, event ${event.id} (${event.kind})`
}
