import { setImmediate as turn } from 'node:timers/promises'
import { createOnerway } from '@payment-status/onerway'

// One run in a process of its own: lists rows from a fake server in this process, then prints what it took.
const rows = Number(process.argv[2])
const days = Number(process.argv[3])
const PAGE_SIZE = 10
const DAY = 86_400_000
const start = Date.parse('2025-01-01T00:00:00Z')

/** Row by row, computed when asked for: the server itself holds nothing. Two thirds are AUTH and CAPTURE, the rest SALE. */
function rowAt(index: number): object {
  const payment = Math.floor(index / 3)
  const part = index % 3
  const time = new Date(start + Math.floor((index / rows) * days * DAY)).toISOString()
  return {
    transactionId: `19${String(index).padStart(17, '0')}`,
    merchantTxnId: `order-${payment}-${part === 2 ? 'b' : 'a'}-0123456789abcdef`,
    originTransactionId: part === 1 ? `19${String(index - 1).padStart(17, '0')}` : null,
    txnType: part === 0 ? 'AUTH' : part === 1 ? 'CAPTURE' : 'SALE',
    status: 'S',
    txnTime: time.slice(0, 19).replace('T', ' '),
    orderAmount: '25.00',
    orderCurrency: 'USD',
    txnAmount: '180.55',
    txnCurrency: 'HKD',
    settleRate: '7.2220',
    paymentMethod: 'VISA',
    productType: 'CARD',
    subProductType: 'DIRECT',
    reason: '{"respCode":"20000","respMsg":"Success"}',
    eci: '05',
  }
}

function indexOf(local: string): number {
  const moment = Date.parse(`${local.replace(' ', 'T')}Z`)
  return Math.ceil(((moment - start) / (days * DAY)) * rows)
}

const onerway = createOnerway({
  merchantNo: '800209',
  secretKey: 'bench',
  environment: 'sandbox',
  integration: 'direct',
  timeZone: 'Z',
  async fetch(input) {
    await turn() // as any server would: without it, nothing that a request leaves behind can be collected
    const { startTime, endTime, current } = (await (input as Request).json()) as Record<string, string>
    const first = Math.max(0, indexOf(startTime ?? ''))
    const last = Math.min(rows, indexOf(endTime ?? '') + 1)
    const from = first + (Number(current) - 1) * PAGE_SIZE
    const content = Array.from({ length: Math.max(0, Math.min(PAGE_SIZE, last - from)) }, (_, index) =>
      rowAt(from + index),
    )
    const data = { content, current, size: PAGE_SIZE, totalElements: String(last - first) }
    return new Response(JSON.stringify({ respCode: '20000', respMsg: 'Success', data }))
  },
})

const heap = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
const before = heap()
let held = 0
let payments = 0
let peak = 0
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss)
}, 20)
const began = performance.now()
for await (const { payment } of onerway.list({ from: new Date(start), to: new Date(start + days * DAY) })) {
  if (payments === 0) held = heap() - before // all rows are read by now, and folded one payment after the other
  payments++
  if (payment.status !== 'captured') throw new Error('the fold is wrong')
  if (payments % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().rss)
}
clearInterval(watch)
console.log(
  JSON.stringify({
    rows,
    payments,
    heldBytes: held / rows,
    seconds: (performance.now() - began) / 1000,
    peakMiB: peak / 1024 / 1024,
  }),
)
