import { readSetup } from '../config.ts'
import type { Run } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'
import { explain } from '../explain.ts'
import { readHeaders } from '../headers.ts'
import { readBytes } from '../input.ts'

export interface ExplainCommandOptions {
  readonly header?: readonly string[] | undefined
  readonly sent?: string | undefined
  readonly integration?: 'direct' | 'hosted' | undefined
}

/** What is this? A file, stdin, or a URL as it is. */
export const runExplain: Run<ExplainCommandOptions, [source: string]> = async (context, options, source) => {
  const { world, terminal } = context
  const isUrl = /^https?:\/\/|^\?/i.test(source)
  if (source === '-' && world.stdin.isTTY) {
    terminal.warn('payment-status: paste what a provider sent, then press Ctrl-D')
  }
  const text = isUrl ? source : new TextDecoder().decode(await readBytes(source, world))
  const { providers } = await readSetup(world.env, {
    cwd: world.cwd,
    path: options.config,
    isOptional: true,
  })
  const { ONERWAY_INTEGRATION: fromEnvironment } = world.env
  const explanation = await explain(text, {
    providers,
    headers: options.header ? readHeaders(options.header) : undefined,
    sent: options.sent === undefined ? undefined : readSent(options.sent),
    integration:
      options.integration ??
      (fromEnvironment === 'direct' || fromEnvironment === 'hosted' ? fromEnvironment : undefined),
  })
  if (options.json) {
    const { lines: _, ...answer } = explanation
    await terminal.writeJson(answer)
  } else {
    const { status, lines } = explanation
    const painted = lines.map((line) =>
      status && line.startsWith(`${status}:`) ? terminal.paint(status, line) : line,
    )
    await terminal.write(`${painted.join('\n')}\n`)
  }
  return explanation.signature === 'invalid' ? exitCodes.negative : exitCodes.good
}

/** `txnType=AUTH` or JSON. */
function readSent(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return Object.fromEntries(new URLSearchParams(text.replaceAll(',', '&')))
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    throw inputError("--sent is JSON, or of the form 'txnType=AUTH'")
  }
}
