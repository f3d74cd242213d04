import { type Payment, type PaymentError, type PaymentReport, resolveAttempts } from '@payment-status/core'
import { type Context, type Run, readAsking } from '../context.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts'
import { adviseOnPayment, describeFacts, describePayment } from '../explain/words.ts'

/** One payment, by the provider's id. */
export const runLookup: Run<object, [provider: string, id: string]> = async (context, options, name, id) => {
  const asking = await readAsking(context, options, name)
  const report = await asking.payments.lookup({ provider: name, id }, { signal: context.terminal.signal })
  if (options.json) await context.terminal.writeJson(report)
  else await writePayment(context, report)
  return exitCodes.good
}

/** All payments of a reference at one provider. */
export const runFind: Run<object, [provider: string, reference: string]> = async (
  context,
  options,
  name,
  reference,
) => {
  const asking = await readAsking(context, options, name)
  const reports = await asking.payments.find(
    { provider: name, reference },
    { signal: context.terminal.signal },
  )
  if (options.json) await context.terminal.writeJson(reports)
  else if (reports.length === 0) {
    await context.terminal.write('no payment of this reference; that does not mean nothing was paid\n')
  } else {
    for (const report of reports) await writeLine(context, report.payment)
    if (resolveAttempts(reports).paidTwice) {
      await context.terminal.write('paid twice: one of them has to be given back\n')
    }
  }
  return reports.length > 0 ? exitCodes.good : exitCodes.negative
}

/** Where an order stands, at all providers together. */
export const runStanding: Run<object, [reference: string]> = async (context, options, reference) => {
  const { terminal } = context
  const { payments } = await readAsking(context, options)
  const orderStatus = await payments.orderStatus(reference, { signal: terminal.signal })
  const { status, deciding, paid, paidTwice, unreachable } = orderStatus
  if (options.json) {
    await terminal.writeJson({ ...orderStatus, unreachable: unreachable.map(toPlain) })
  } else if (deciding) {
    await terminal.write(`${deciding.payment.provider}: `)
    await writePayment(context, deciding)
    if (paidTwice) await terminal.write(`paid twice: ${paid.map(({ payment }) => payment.id).join(', ')}\n`)
  } else {
    await terminal.write(
      unreachable.length > 0
        ? `${terminal.paint(status)}: not everybody could be asked, so nobody may be charged again\n`
        : `${terminal.paint(status)}: no payment of this reference; that does not mean nothing was paid\n`,
    )
  }
  for (const { error } of unreachable) terminal.warn(`payment-status: ${error.message}`)
  return toExitCode(deciding, unreachable)
}

function toExitCode(
  deciding: PaymentReport | undefined,
  unreachable: readonly { readonly error: PaymentError }[],
): ExitCode {
  const [first] = unreachable
  if (first) return deciding ? exitCodes.unreachable : exitCodeOf(first.error.code)
  return deciding ? exitCodes.good : exitCodes.negative
}

function toPlain({ provider, error }: { readonly provider: string; readonly error: PaymentError }) {
  const { code, message, retryable } = error
  return { provider, error: { code, message, retryable } }
}

async function writeLine({ terminal }: Context, payment: Payment): Promise<void> {
  await terminal.write(`${terminal.paint(payment.status, describePayment(payment))}\n`)
}

async function writePayment(context: Context, report: PaymentReport): Promise<void> {
  await writeLine(context, report.payment)
  await context.terminal.write(`read from: ${describeFacts(report.payment)}\n`)
  await context.terminal.write(`next: ${adviseOnPayment(report)}\n`)
}
