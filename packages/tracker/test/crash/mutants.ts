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
  // Whatever came last is believed.
  guard_off: [
    {
      file: '/src/judge.ts',
      from: 'advance(current?.report, incoming)',
      to: '{ ...advance(undefined, incoming) }',
    },
  ],
  // The change is written after the transaction that believes it; half of the time nobody lives to do so.
  change_outside: [
    {
      file: '/src/hear.ts',
      from: 'return {\n    heard: { outcome, version },\n    writing: {\n      provider,\n      ...judgement,',
      to: `const late = { provider, outbox: judgement.outbox, tasks: [], handles: [] }
  setTimeout(() => {
    if (Math.random() < 0.5) process.kill(process.pid, 'SIGKILL')
    write(context.database, context, known.now, late)
  }, 50)
  return {
    heard: { outcome, version },
    writing: {
      provider,
      ...judgement, outbox: [],`,
    },
  ],
  // The answer is on its way before anything is stored; half of the time nobody lives to store it.
  acknowledged_early: [
    {
      file: '/src/webhooks.ts',
      from: 'await hearEvent(context, event)',
      to: `setTimeout(() => {
            if (Math.random() < 0.5) process.kill(process.pid, 'SIGKILL')
            hearEvent(context, event).catch(() => {})
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
