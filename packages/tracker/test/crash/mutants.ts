import { registerHooks } from 'node:module'

/** Ways to break the tracker on purpose: each one has to be caught, every time. */
export const mutants = ['guard_off', 'change_outside', 'acknowledged_early'] as const
export type Mutant = (typeof mutants)[number]

interface Mutation {
  readonly file: string
  readonly from: string
  readonly to: string
}

const mutations: Readonly<Record<Mutant, readonly Mutation[]>> = {
  // Whatever came last is recorded.
  guard_off: [
    {
      file: '/src/decide/payment.ts',
      from: 'advance(before?.report, content.report, { canLookUp })',
      to: 'advance(undefined, content.report)',
    },
  ],
  // The change is written after the transaction that records it; half of the time no process lives to do so.
  change_outside: [
    {
      file: '/src/ingest/ingest.ts',
      from: 'return (await write(sql, context, decision.writing)) ? decision : undefined',
      to: `const { outbox } = decision.writing
  setTimeout(() => {
    if (Math.random() < 0.5) process.kill(process.pid, 'SIGKILL')
    const nothing = { payments: [], targets: [], releases: [], tasks: [], receipts: [] }
    write(context.database, context, { ...nothing, outbox })
  }, 50)
  return (await write(sql, context, { ...decision.writing, outbox: [] })) ? decision : undefined`,
    },
  ],
  // The answer is on its way before anything is stored; half of the time no process lives to store it.
  acknowledged_early: [
    {
      file: '/src/ingest/webhook.ts',
      from: `try {
          await ingestEvent(context, event)`,
      to: `try {
          setTimeout(() => {
            if (Math.random() < 0.5) process.kill(process.pid, 'SIGKILL')
            ingestEvent(context, event).catch(() => {})
          }, 50)`,
    },
  ],
}

/** Changes the tracker's source while it is loaded. Throws when the source is no longer what the mutation expects. */
export function mutate(mutant: Mutant): void {
  const open = new Set(mutations[mutant])
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const found = [...open].filter(({ file }) => url.includes('/packages/tracker') && url.endsWith(file))
      if (found.length === 0) return loaded
      let source = String(loaded.source)
      for (const mutation of found) {
        if (!source.includes(mutation.from)) throw new Error(`${mutant}: ${mutation.file} has changed`)
        source = source.replace(mutation.from, () => mutation.to)
        open.delete(mutation)
      }
      return { ...loaded, source }
    },
  })
}
