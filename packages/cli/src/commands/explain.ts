import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isPaymentError } from '@payment-status/core'
import { readSetup } from '../config.ts'
import type { Context, Run } from '../context.ts'
import { inputError } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { type Explanation, explain } from '../explain.ts'
import { readHeaders } from '../headers.ts'
import { readBytes } from '../input.ts'

export interface ExplainCommandOptions {
  readonly header?: readonly string[] | undefined
  readonly sent?: string | undefined
  readonly integration?: 'direct' | 'hosted' | undefined
}

/** Explains a file, a recording's folder, stdin, or a URL. Exits with 1 for JSON or a URL that no provider sends, and for a false signature. */
export const runExplain: Run<ExplainCommandOptions, [source: string]> = async (context, options, source) => {
  const { world, terminal } = context
  const isUrl = /^https?:\/\/|^(?:\/\S*)?\?\S+=/i.test(source)
  if (!isUrl && source !== '-' && (await isFolder(resolve(world.cwd, source))))
    return explainFolder(context, options.json === true, resolve(world.cwd, source))
  if (source === '-' && world.stdin.isTTY) {
    terminal.warn('payment-status: paste what a provider sent, then press Ctrl-D')
  }
  const text = isUrl ? source : new TextDecoder().decode(await readBytes(source, world, terminal.signal))
  const { providers } = await readSetup(world.env, {
    cwd: world.cwd,
    path: options.config,
    // Pasted text is read in folders of strangers: a configuration file found there is code, and must be named to run.
    ignoresFolder: true,
  })
  const { ONERWAY_INTEGRATION: fromEnvironment } = world.env
  const sent = options.sent === undefined ? undefined : readSent(options.sent)
  let explanation: Explanation
  try {
    explanation = await explain(text, {
      providers,
      headers: options.header ? readHeaders(options.header) : undefined,
      sent,
      integration:
        options.integration ??
        (fromEnvironment === 'direct' || fromEnvironment === 'hosted' ? fromEnvironment : undefined),
    })
  } catch (error) {
    if (!isPaymentError(error) || error.code !== 'invalid_payload') throw error
    terminal.warn(`${error.message.replace(/^\[([^\]]*)\] /, '$1: ')}`)
    return exitCodes.negative
  }
  if (options.json) {
    const { lines: _, ...answer } = explanation
    await terminal.writeJson(answer)
  } else {
    const { status, evidence, lines } = explanation
    for (const line of lines) {
      const isStatus = status && evidence === 'report' && line.startsWith(`${status}:`)
      await terminal.writeLine(isStatus ? terminal.paint(status, line) : line)
    }
  }
  return explanation.signature === 'invalid' ? exitCodes.negative : exitCodes.good
}

/** Reads `txnType=AUTH`, or JSON. */
function readSent(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return Object.fromEntries(new URLSearchParams(text.replaceAll(',', '&')))
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    throw inputError("--sent must be JSON, or of the form 'txnType=AUTH'")
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

/** Explains a recording. Its modules are loaded only here: they bring the fixtures. */
async function explainFolder({ terminal }: Context, asJson: boolean, path: string): Promise<ExitCode> {
  const { readFolder } = await import('../recorder/file.ts')
  const { explainRecording, toReport } = await import('../recorder/explain-recording.ts')
  const { simulatedProviders } = await import('../simulations.ts')
  const providers = simulatedProviders.map(({ create }) => create({}))
  const files = await explainRecording(await readFolder(path), providers)
  if (asJson) await terminal.writeJson({ files, report: toReport(files).join('\n') })
  else for (const line of toReport(files)) await terminal.writeLine(line)
  return exitCodes.good
}
