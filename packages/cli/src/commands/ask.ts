import { type Payment, type PaymentError, type PaymentReport, resolveAttempts } from '@payment-status/core'
import { type Context, type Run, readConfigured } from '../context.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts'
import { adviseOnPayment, describeFacts, describePayment } from '../explain/words.ts'

const nothingFound = 'no payment of this reference was found, which does not mean that nothing was paid'

/** Looks one payment up by the provider's id. */
export const runLookup: Run<object, [provider: string, id: string]> = async (context, options, name, id) => {
  const configured = await readConfigured(context, options, name)
  const report = await configured.payments.lookup({ provider: name, id }, { signal: context.terminal.signal })
  if (options.json) await context.terminal.writeJson(report)
  else await writePayment(context, report)
  return exitCodes.good
}

/** Finds all payments of a reference at one provider. */
export const runFind: Run<object, [provider: string, reference: string]> = async (
  context,
  options,
  name,
  reference,
) => {
  const configured = await readConfigured(context, options, name)
  const reports = await configured.payments.find(
    { provider: name, reference },
    { signal: context.terminal.signal },
  )
  if (options.json) await context.terminal.writeJson(reports)
  else if (reports.length === 0) {
    await context.terminal.writeLine(nothingFound)
  } else {
    for (const report of reports) await writeLine(context, report.payment)
    if (resolveAttempts(reports).paidTwice) {
      await context.terminal.writeLine('paid twice: refund one of them')
    }
  }
  return reports.length > 0 ? exitCodes.good : exitCodes.negative
}

/** Shows an order's status over all configured providers. */
export const runOrder: Run<object, [reference: string]> = async (context, options, reference) => {
  const { terminal } = context
  const { payments } = await readConfigured(context, options)
  const orderStatus = await payments.orderStatus(reference, { signal: terminal.signal })
  const { status, deciding, paid, paidTwice, unreachable } = orderStatus
  // A provider without queries is no fault of this request.
  const failed = unreachable.filter(({ error }) => error.code !== 'unsupported')
  const silent = unreachable.filter(({ error }) => error.code === 'unsupported')
  if (options.json) {
    await terminal.writeJson({ ...orderStatus, unreachable: unreachable.map(toPlain) })
  } else if (deciding) {
    await writePayment(context, deciding, `${deciding.payment.provider}: `)
    if (paidTwice) await terminal.writeLine(`paid twice: ${paid.map(({ payment }) => payment.id).join(', ')}`)
  } else {
    await terminal.writeLine(
      terminal.paint(status),
      unreachable.length > 0
        ? ': some providers could not be asked; do not charge again yet'
        : `: ${nothingFound}`,
    )
  }
  if (silent.length > 0 && !options.json) {
    const names = silent.map(({ provider }) => provider).join(', ')
    await terminal.writeLine(`not queried, because only webhooks state their payments: ${names}`)
  }
  for (const { error } of failed) terminal.warn(`payment-status: ${error.message}`)
  return toExitCode(deciding, failed)
}

function toExitCode(
  deciding: PaymentReport | undefined,
  unreachable: readonly { readonly error: PaymentError }[],
): ExitCode {
  // A provider that has no lookup by reference does not answer later either.
  const failed = unreachable.filter(({ error }) => error.code !== 'unsupported')
  const [first] = deciding ? failed : unreachable
  if (first) return deciding ? exitCodes.unreachable : exitCodeOf(first.error.code)
  return deciding ? exitCodes.good : exitCodes.negative
}

function toPlain({ provider, error }: { readonly provider: string; readonly error: PaymentError }) {
  const { code, message, retryable } = error
  return { provider, error: { code, message, retryable } }
}

async function writeLine({ terminal }: Context, payment: Payment, before = ''): Promise<void> {
  await terminal.writeLine(before, terminal.paint(payment.status, describePayment(payment)))
}

async function writePayment(context: Context, report: PaymentReport, before?: string): Promise<void> {
  await writeLine(context, report.payment, before)
  await context.terminal.writeLine(`read from: ${describeFacts(report.payment)}`)
  await context.terminal.writeLine(`next: ${adviseOnPayment(report)}`)
}
