import { createServer } from 'node:http'
import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures as fx } from '@payment-status/checkout-com/fixtures'
import { waitForOutcome, pollSchedules, PaymentError, isPaymentError } from 'payment-status'
process.on('unhandledRejection', (e) => console.log('!! UNHANDLED', e))
const ID = 'pay_' + 'a'.repeat(26)
const t = async (name: string, f: () => Promise<unknown>, cap = 15000) => {
  const s = Date.now()
  let to: any
  const r = await Promise.race([
    f().then((v) => 'ok ' + JSON.stringify(v)?.slice(0, 160), (e) => `ERR ${e?.name} ${e?.code} ${e?.message} ra=${e?.retryAfterMs} http=${e?.httpStatus} req=${e?.requestId} pc=${e?.providerCode}`),
    new Promise((r) => { to = setTimeout(() => r('!!! STILL PENDING'), cap) }),
  ])
  clearTimeout(to)
  console.log(name.padEnd(44), Date.now() - s, 'ms', r)
}
const K = { secretKey: fx.secrets.secretKey }
// 1. fetch that never settles, abort
await t('never-settling fetch + abort 100ms', () => { const c = new AbortController(); setTimeout(() => c.abort(new Error('mine')), 100); return createCheckoutCom({ ...K, fetch: () => new Promise(() => {}), timeoutMs: 4000 }).lookup(ID, { signal: c.signal }) })
await t('never-settling body + abort 100ms', () => { const c = new AbortController(); setTimeout(() => c.abort(new Error('mine')), 100); return createCheckoutCom({ ...K, fetch: async () => new Response(new ReadableStream({})), timeoutMs: 4000 }).lookup(ID, { signal: c.signal }) })
await t('never-settling fetch + timeout 200 x1', () => createCheckoutCom({ ...K, fetch: () => new Promise(() => {}), timeoutMs: 200, retries: 1 }).lookup(ID))
await t('never-settling body + timeout 200 x1', () => createCheckoutCom({ ...K, fetch: async () => new Response(new ReadableStream({})), timeoutMs: 200, retries: 1 }).lookup(ID))
for (const [h, v] of [['retry-after', '1'], ['x-ratelimit-reset', '5'], ['ratelimit-reset', '5'], ['retry-after', '0'], ['retry-after', 'soon'],['retry-after', '1.5'], ['retry-after', '-5'], ['retry-after','1e3'], ['retry-after', ' 5, 6'], ['retry-after', '0x10'], ['retry-after', '+7'], ['retry-after', '7.0'],['retry-after', '99999999999999999999']] as const) {
  let n = 0
  await t(`429 ${h}: ${v}`, () => createCheckoutCom({ ...K, retries: 1, fetch: async () => (n++ ? Response.json(fx.payments[0] && { id: ID, status: 'Captured', approved: true }) : new Response(null, { status: 429, headers: { [h]: v } })) }).lookup(ID), 7000)
}
{ let n = 0; await t('429 retry-after 1, timeoutMs 500', () => createCheckoutCom({ ...K, timeoutMs: 500, fetch: async () => (n++ ? Response.json({ id: ID, status: 'Captured', approved: true }) : new Response(null, { status: 429, headers: { 'retry-after': '1' } })) }).lookup(ID)) }
{ let n = 0; await t('abort during backoff', () => { const c = new AbortController(); setTimeout(() => c.abort(), 100); return createCheckoutCom({ ...K, fetch: async () => { n++; return new Response(null, { status: 429, headers: { 'retry-after': '5' } }) } }).lookup(ID, { signal: c.signal }) }) }
for (const st of [300, 302, 304, 400, 401, 403, 404, 405, 408, 409, 410, 418, 422, 500, 501, 502, 503, 520, 599]) { let n = 0; await t('status ' + st, async () => createCheckoutCom({ ...K, retries: 1, fetch: async () => { n++; return new Response(null, { status: st }) } }).lookup(ID).finally(() => console.log('   attempts', n))) }
for (const [n, mk] of [['204', () => new Response(null, { status: 204 })], ['html', () => new Response('<html>')], ['empty', () => new Response('')], ['null', () => new Response('null')], ['array', () => new Response('[]')], ['half', () => new Response('{"id":"pay_')], ['utf16', () => new Response(new Uint8Array([0xff, 0xfe, 123]))], ['BOM', () => new Response('\ufeff{"id":"' + ID + '","status":"Captured","approved":true}')]] as const) await t('body ' + n, () => createCheckoutCom({ ...K, retries: 0, fetch: async () => mk() }).lookup(ID))
await t('fetch: fixtures.respond direct', () => createCheckoutCom({ ...K, fetch: fx.respond as never }).lookup(fx.payments[0]!.id))
await t('fetch sync throw', () => createCheckoutCom({ ...K, retries: 0, fetch: () => { throw new Error('secret sk_sbox_madehere') } }).lookup(ID))
await t('fetch returns non-Response', () => createCheckoutCom({ ...K, retries: 0, fetch: async () => ({ ok: true, status: 200, json: async () => ({}) }) as never }).lookup(ID))
// wait abort in onReport
const rep = (status: string): any => ({ evidence: 'report', source: 'lookup', observedAt: new Date().toISOString(), payment: { provider: 'x', id: 'y', status, facts: {} } })
await t('wait: abort within onReport', () => { const c = new AbortController(); return waitForOutcome(async () => rep('processing'), { signal: c.signal, schedule: [3000], onReport: () => c.abort(new Error('mine')) }) })
await t('wait: abort within onReport last turn', () => { const c = new AbortController(); return waitForOutcome(async () => rep('processing'), { signal: c.signal, schedule: [], onReport: () => c.abort(new Error('mine')) }) })
await t('wait: abort within look then resolves', () => { const c = new AbortController(); return waitForOutcome(async () => { c.abort(new Error('mine')); return rep('processing') }, { signal: c.signal, schedule: [3000] }) })
await t('wait: abort within look, never resolves', () => { const c = new AbortController(); return waitForOutcome(() => { c.abort(new Error('mine')); return new Promise(() => {}) }, { signal: c.signal, schedule: [3000] }) }, 2000)
await t('wait: already aborted', () => waitForOutcome(async () => rep('captured'), { signal: AbortSignal.abort(new Error('mine')) }))
await t('wait: onReport async reject', () => waitForOutcome(async () => rep('captured'), { onReport: async () => { throw new Error('db down') } }))
await t('wait: last is fault after seen', () => { let n = 0; return waitForOutcome(async () => { if (n++) throw new PaymentError({ code: 'unavailable', provider: 'x', message: 'm' }); return rep('processing') }, { schedule: [1] }) })
await t('wait: retryAfterMs on last', () => { return waitForOutcome(async () => { throw new PaymentError({ code: 'rate_limited', provider: 'x', message: 'm', retryAfterMs: 500 }) }, { schedule: [1, 1] }) })
