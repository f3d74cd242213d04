import { median } from './measure.ts'
import { createReaders } from './readers.ts'

/** Bytes of the heap that one webhook takes. */
export interface Allocation {
  readonly what: string
  readonly ours: number
  readonly other: number
}

const CALLS = 2000
const ROUNDS = 9

async function measure(read: () => Promise<unknown>): Promise<number> {
  for (let call = 0; call < 20_000; call++) await read()
  const sizes: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (let call = 0; call < CALLS; call++) await read()
    sizes.push((process.memoryUsage().heapUsed - before) / CALLS)
  }
  return median(sizes)
}

const allocations: Allocation[] = []
for (const { what, ours, other } of await createReaders()) {
  allocations.push({ what, ours: await measure(ours), other: await measure(other) })
}
console.log(JSON.stringify(allocations))
