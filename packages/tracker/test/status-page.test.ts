import { describe, expect, it, vi } from 'vitest'
import { createStatusPage, type StatusPageOptions } from '../src/page/index.ts'
import { createFake } from './fake.ts'
import { orderOf, type Stage, until, useStages } from './stage.ts'

const at = 'http://127.0.0.1:4000/status'
const everyone: StatusPageOptions = { authorize: () => true }

describe('the status page', () => {
  const stages = useStages()
  let stage: Stage

  const get = async (url: string, options: StatusPageOptions = everyone, init: RequestInit = {}) =>
    createStatusPage(stage.tracker, options)(new Request(url, init))

  async function receive(order: string, id: string, reference = `ref-${id}`) {
    const { tracker, receive } = stage
    await tracker.watch(orderOf(order, { provider: 'fake', id }))
    await receive(id, 'captured', { reference })
  }

  it('finds an order by its id, and by the id or the reference of its payment', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    await receive('o-1', 'p1', 'r-1')
    await receive('x-2', 'q2', 's-2')
    for (const search of ['o-1', 'p1', 'r-1', ' o-1 ']) {
      const text = await (await get(`${at}?find=${encodeURIComponent(search)}`)).text()
      expect(text).toMatch(/<h1>.*<bdi>o-1<\/bdi><\/h1>/)
      expect(text).toContain('Paid 10.00 EUR on 21 Nov 2026, 08:00.')
      expect(text).toContain('payment.changed')
      expect(text).not.toContain('x-2')
    }
    expect((await get(`${at}?find=missing`)).status).toBe(404)
    expect((await get(`${at}?order=missing`)).status).toBe(404)
  })

  it('finds orders by the beginning of their id, their payment’s id or its reference', async () => {
    stage = await stages.open()
    await receive('A-100%1', 'pay_alpha', 'r-alpha')
    await receive('A-100%2', 'pay_beta', 's_beta')
    const found = async (search: string) => {
      const text = await (await get(`${at}?find=${encodeURIComponent(search)}`)).text()
      return ['A-100%1', 'A-100%2'].filter((order) => text.includes(`<bdi>${order}</bdi>`))
    }
    for (const search of ['A', 'A-100%', 'pay_']) expect(await found(search)).toEqual(['A-100%1', 'A-100%2'])
    for (const search of ['A-100%1', 'pay_a', 'r-']) expect(await found(search)).toEqual(['A-100%1'])
    for (const search of ['a-100', '-100', 'A-100_', 'pay%', 'S_']) expect(await found(search)).toEqual([])
  })

  it('says when the shop received the order', async () => {
    stage = await stages.open()
    await receive('o-1', 'p1')
    await stage.tracker.work()
    await until(() => expect(stage.steps()).toContain('fulfill'))
    await until(async () =>
      expect(await (await get(`${at}?order=o-1`)).text()).toMatch(
        /Paid 10\.00 EUR on .*\. Delivered to the shop (?:at|on) /,
      ),
    )
  })

  it('shows money that no order expects, and finds it', async () => {
    stage = await stages.open()
    const { receive } = stage
    await receive('lost-1', 'captured', { reference: 'unknown-7' })
    expect(await (await get(at)).text()).toMatch(/Money without an order[\s\S]*<bdi>lost-1<\/bdi>/)
    for (const search of ['lost', 'unknown-7']) {
      const response = await get(`${at}?find=${search}`)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('No tracked order expects a payment that begins with')
    }
  })

  it('shows what each piece of evidence changed, newest first', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    const { tracker, fake } = stage
    await tracker.watch(orderOf('o-1', { provider: 'fake', id: 'p1' }))
    for (const [status, minute] of [
      ['processing', '01'],
      ['captured', '02'],
    ] as const) {
      const updatedAt = `2026-11-21T08:${minute}:07.000Z`
      fake.set('p1', status, { updatedAt })
      await tracker.ingestEvent(fake.webhook('p1', { occurredAt: updatedAt }))
    }
    await tracker.refresh('o-1')
    const text = await (await get(`${at}?order=o-1`)).text()
    const changes = [...text.matchAll(/data-label="What it changed"><div class="cell">(.*?)<\/div>/gs)]
    expect(changes.map(([, cell = '']) => cell.replaceAll(/<[^>]+>/g, ''))).toEqual([
      'Recorded: Processing → Paid',
      'Recorded: Processing',
    ])
    expect(text).toContain('21 Nov 2026, 08:02:07')
    expect(text).toContain('1 further poll confirmed the record and is not listed.')
    expect(text).toContain('It was new, and the record now says so.')
  })

  it('shows open tasks, payments to refund and figures at a glance', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    await receive('o-1', 'p1')
    await receive('o-1', 'p2')
    const text = await (await get(at)).text()
    expect(text).toContain('2 of 2 finished payments were paid.')
    expect(text).toContain('<svg')
    expect(text).toContain('href="?order=o-1"')
    expect(text).toMatch(/Payments to refund[\s\S]*<code class="id"><bdi>p[12]<\/bdi>/)
    expect(await (await get(`${at}?health`)).text()).toContain('were not compared yet')
  })

  it('lists money without an order once, and its tasks on their own page', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    fake.set('p1', 'captured')
    await tracker.ingestEvent(fake.webhook('p1'))
    await tracker.work()
    await until(async () => expect(await tracker.openTasks()).toMatchObject([{ kind: 'unmatched' }]))
    const overview = await (await get(at)).text()
    expect(overview.split('<bdi>p1</bdi>')).toHaveLength(2)
    expect(overview).toContain('Every open task is about money without an order')
    expect(await (await get(`${at}?tasks`)).text()).toContain('Refund, or find the order')
  })

  it('shows payments with money first, and folds all but the newest attempts that took none', async () => {
    stage = await stages.open()
    const { tracker, fake } = stage
    const ids = Array.from({ length: 9 }, (_, index) => `p${index}`)
    await tracker.watch({
      ...orderOf('o-1', { provider: 'fake', id: 'p0' }),
      payments: ids.map((id) => ({ provider: 'fake', id })),
    })
    for (const id of ids) {
      fake.set(id, id === 'p4' ? 'captured' : 'failed')
      await tracker.ingestEvent(fake.webhook(id))
    }
    const text = await (await get(`${at}?order=o-1`)).text()
    const [open = '', folded = ''] = text.split('4 more attempts that took no money')
    expect(open).toMatch(/<article class="card paid">(?:(?!<article)[\s\S])*<bdi>p4<\/bdi>/)
    expect(open.indexOf('card paid')).toBeLessThan(open.indexOf('card not_paid'))
    expect([open.split('card not_paid').length, folded.split('card not_paid').length]).toEqual([5, 5])
  })

  describe('lists orders', () => {
    async function openShop() {
      stage = await stages.open()
      await receive('o-1', 'p1')
      await stage.tracker.watch({
        ...orderOf('=cmd', { provider: 'fake', id: 'p2' }),
        terms: { expected: { amount: { amount: 123_450, currency: 'USD' } }, capture: 'automatic' },
      })
      await stage.tracker.watch({
        ...orderOf('o-3', { provider: 'fake', id: 'p3' }),
        terms: { expected: { amount: { amount: 1000, currency: 'JPY' } }, capture: 'automatic' },
      })
    }
    const today = new Date().toISOString().slice(0, 10)
    const tomorrow = new Date(Date.now() + 24 * 60 * 60_000).toISOString().slice(0, 10)

    it.each<[string, string[]]>([
      ['orders', ['=cmd', 'o-1', 'o-3']],
      ['status=captured', ['o-1']],
      ['state=waiting', ['=cmd', 'o-3']],
      ['amount=10.00+EUR', ['o-1']],
      ['amount=10+eur', ['o-1']],
      ['amount=EUR+10,00', ['o-1']],
      ['amount=1,234.50+USD', ['=cmd']],
      ['amount=1000+JPY', ['o-3']],
      ['amount=10.00+USD', []],
      [`from=${today}&to=${today}`, ['=cmd', 'o-1', 'o-3']],
      [`from=${tomorrow}`, []],
      [`to=${today}&amount=10.00+EUR&status=captured`, ['o-1']],
      ['to=2020-01-01', []],
    ])('of %s', async (query, expected) => {
      await openShop()
      const text = await (await get(`${at}?${query}`)).text()
      expect([...text.matchAll(/\?order=[^"]*"><bdi>([^<]+)/g)].map(([, name]) => name).toSorted()).toEqual(
        expected,
      )
      if (expected.length === 0) expect(text).toContain('No order matches this filter.')
      const csv = await get(`${at}?${query}&export`)
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect((await csv.text()).trimEnd().split('\r\n')).toHaveLength(expected.length + 1)
    })

    it.each([
      ['amount=38', 'a number and a currency'],
      ['amount=38.001+EUR', 'a number and a currency'],
      ['amount=38+XXX', 'a number and a currency'],
      ['amount=%3Cb%3E', 'a number and a currency'],
      ['from=2026-02-30', 'a day of the calendar'],
      ['to=yesterday', 'a day of the calendar'],
      ['from=2026-11-30&to=2026-11-29', 'must not be after'],
      ['from=nonsense&export', 'a day of the calendar'],
    ])('and says what is wrong with %s', async (query, words) => {
      await openShop()
      const text = await (await get(`${at}?${query}`)).text()
      expect(text).toMatch(new RegExp(`role="alert">[^<]*${words}`))
      expect(text).not.toMatch(/\?order=/)
    })

    it('as a CSV file without formulas, in which amounts are in major units', async () => {
      await openShop()
      await receive('o-1', 'p4')
      await stage.tracker.watch(orderOf('a;=1+1; -2\u202e\u001b', { provider: 'fake', id: 'p5' }))
      const lines = (await (await get(`${at}?orders&export`)).text()).split('\r\n')
      const cells = Object.fromEntries(lines.map((line) => [line.split(',')[0], line.split(',')]))
      expect(cells).toHaveProperty(["a;'=1+1;' -2\uFFFD\uFFFD"])
      expect(cells["'=cmd"]?.slice(1, 6)).toEqual(['No payment yet', '1234.50', 'USD', '0.00', '0.00'])
      expect(cells['o-1']?.slice(1, 8)).toEqual([
        'Paid twice',
        '10.00',
        'EUR',
        '20.00',
        '0.00',
        'fake',
        'p1 p4',
      ])
      expect(cells['o-3']?.slice(2, 4)).toEqual(['1000', 'JPY'])
    })
  })

  it('shows the health: workers, the last sweep and the last night', async () => {
    stage = await stages.open()
    const health = async () => (await (await get(`${at}?health`)).text()).replaceAll(/<[^>]+>/g, ' ')
    expect(await health()).toMatch(/None is running[\s\S]*Has not run yet[\s\S]*No worker was seen/)
    await stage.tracker.work()
    await until(async () => expect(await health()).toMatch(/1 running[\s\S]*Last run\s+\d/))
    await stage.rows(
      "insert into $schema.heartbeats (name, started_at) values ('nightly', now() - interval '2 minutes')",
    )
    expect(await health()).toMatch(/Under way since\s+\d/)
    await stage.rows("insert into $schema.heartbeats (name) values ('nightly/ended')")
    expect(await health()).toMatch(/Ended\s+\d/)
  })

  it('lists all tasks and all money without an order on pages of their own', async () => {
    stage = await stages.open()
    await receive('o-1', 'p1')
    await receive('o-1', 'p2')
    await stage.receive('lost-1', 'captured', { reference: 'unknown-7' })
    expect(await (await get(`${at}?tasks`)).text()).toMatch(/Refund a payment[\s\S]*Refund payment p[12]/)
    const unmatched = await (await get(`${at}?unmatched`)).text()
    expect(unmatched).toMatch(/<h1>Money without an order<\/h1>[\s\S]*lost-1/)
    expect(unmatched).toContain('href="?find=unknown-7"')
    expect((await get(`${at}?unmatched&cursor=made-up`)).status).toBe(400)
  })

  it('says in an empty shop what will appear', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    const text = await (await get(at)).text()
    for (const sentence of ['No open tasks.', 'No payments to refund.', 'No payments yet.', 'No orders yet.'])
      expect(text).toContain(sentence)
  })

  it('escapes everything the shop and the provider wrote, and turns no text around', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e שלום'
    await receive(evil, 'p1', evil)
    await receive(evil, 'p2', evil)
    for (const url of [
      at,
      `${at}?order=${encodeURIComponent(evil)}`,
      `${at}?find=${encodeURIComponent(evil)}`,
    ]) {
      const text = await (await get(url)).text()
      expect(text).toContain('&quot;&gt;&lt;script&gt;')
      expect(text).not.toMatch(/<script|<img|\u202e/)
    }
  })

  it('answers a search that a database cannot hold as not found, and a made-up cursor as invalid', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    for (const search of ['%00', 'a'.repeat(10_000), '%ed%a0%80', '%25', '_', "'"]) {
      expect((await get(`${at}?find=${search}`)).status).toBe(404)
      expect((await get(`${at}?order=${search}`)).status).toBe(404)
    }
    expect((await get(`${at}?cursor=made-up`)).status).toBe(400)
    expect((await get(`${at}?status=made-up&state=made-up`)).status).toBe(200)
  })

  describe('is shown to those whom authorize admits', () => {
    it('and to no one else, wherever the request comes from', async () => {
      stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
      expect((await get(at, { authorize: () => false })).status).toBe(403)
      expect((await get(at, { authorize: () => 'yes' as unknown as boolean })).status).toBe(403)
      const broken = () => Promise.reject(new Error('the session store is away'))
      expect((await get(at, { authorize: broken })).status).toBe(403)
    })

    it('by the request and the address of its connection', async () => {
      const { tracker } = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
      const authorize = vi.fn(
        (_: Request, connection?: { readonly remoteAddress?: string | undefined }) =>
          connection?.remoteAddress === '127.0.0.1',
      )
      const page = createStatusPage(tracker, { authorize })
      expect((await page(new Request(at), { remoteAddress: '127.0.0.1' })).status).toBe(200)
      expect((await page(new Request(at), { remoteAddress: '192.0.2.1' })).status).toBe(403)
      expect((await page(new Request(at))).status).toBe(403)
    })

    it.each([
      [undefined, 'authorize'],
      [{}, 'authorize'],
      [{ authorize: 'token' }, 'authorize'],
      [{ authorize: () => true, timeZone: 'Mars/Olympus' }, 'timeZone'],
    ])('and cannot be made with %o', async (options, name) => {
      const { tracker } = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
      expect(() => createStatusPage(tracker, options as unknown as StatusPageOptions)).toThrow(
        expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(name) }),
      )
    })
  })

  describe('closes a task', () => {
    async function openTask(): Promise<Record<string, string>> {
      stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
      await receive('o-1', 'p1')
      await receive('o-1', 'p2')
      return fieldsOf(await (await page(new Request(`${at}?order=o-1`))).text())
    }
    let page = async (request: Request): Promise<Response> =>
      createStatusPage(stage.tracker, { ...everyone, secret: 'shared by all processes' })(request)
    const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      page(new Request(at, { method: 'POST', body: new URLSearchParams(fields), headers }))
    const openTasks = async () => (await stage.tracker.openTasks()).length

    it('by the form of the order’s page, and shows the order again', async () => {
      const fields = await openTask()
      expect(await openTasks()).toBe(1)
      const answer = await post(fields, { 'sec-fetch-site': 'same-origin' })
      expect(answer.status).toBe(303)
      const location = new URL(answer.headers.get('location') ?? '', at).href
      expect(location).toBe(`${at}?order=o-1&done=task`)
      expect(await openTasks()).toBe(0)
      const text = await (await get(location)).text()
      expect(text).toContain('The task is closed.')
      expect(text).toContain('Nothing to do.')
    })

    it.each<[string, (fields: Record<string, string>) => Record<string, string>, Record<string, string>]>([
      ['without a token', ({ task }) => ({ task: task ?? '' }), {}],
      ['with another token', (fields) => ({ ...fields, token: `${Date.now() + 60_000}.made-up` }), {}],
      [
        'with an expired token',
        (fields) => ({ ...fields, token: fields.token?.replace(/^\d+/, '1') ?? '' }),
        {},
      ],
      ['with the token of another task', (fields) => ({ ...fields, task: 'another' }), {}],
      ['from a page of another site', (fields) => fields, { 'sec-fetch-site': 'cross-site' }],
    ])('not %s', async (_, change, headers) => {
      const fields = await openTask()
      expect((await post(change(fields), headers)).status).toBe(403)
      expect(await openTasks()).toBe(1)
    })

    it('not for those whom authorize refuses, whatever token they send', async () => {
      const fields = await openTask()
      const before = page
      page = async (request) =>
        createStatusPage(stage.tracker, { authorize: () => false, secret: 'shared by all processes' })(
          request,
        )
      expect((await post(fields)).status).toBe(403)
      page = before
      expect(await openTasks()).toBe(1)
    })

    it('that names the payment to refund where an order was paid twice', async () => {
      await openTask()
      const text = await (await get(`${at}?order=o-1`)).text()
      const decision = (await stage.tracker.order('o-1'))?.decision
      expect(decision?.step.kind).toBe('investigate')
      expect(text).toContain(
        `Refund payment ${decision?.payment?.payment.id} (10.00 EUR) in Fake’s dashboard`,
      )
    })

    it('and ends a contradiction that a person has checked', async () => {
      stage = await stages.open()
      const { tracker, fake } = stage
      await receive('o-1', 'p1')
      await tracker.refresh('o-1')
      fake.set('p1', 'processing', { updatedAt: new Date().toISOString() })
      await tracker.refresh('o-1').catch(() => {})
      const conflict = async () => (await tracker.order('o-1'))?.payments[0]?.report.payment.conflict
      expect(await conflict()).toMatchObject({ status: 'processing' })
      const text = await (await page(new Request(`${at}?order=o-1`))).text()
      expect(text).toContain('which contradicts the record')
      const fields = fieldsOf(text)
      expect(fields).toHaveProperty('conflict')
      expect((await post({ ...fields, token: 'made-up' })).status).toBe(403)
      const answer = await post(fields)
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '?order=o-1&done=record'])
      expect(await conflict()).toBeUndefined()
    })

    it('not by a GET', async () => {
      const fields = await openTask()
      expect((await get(`${at}?${new URLSearchParams(fields)}`)).status).toBe(200)
      expect(await openTasks()).toBe(1)
    })
  })

  it('shows times in UTC, in the zone of the options, or in the one a viewer chose', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    await receive('o-1', 'p1')
    const read = async (options: StatusPageOptions, cookie = '') =>
      (await get(`${at}?order=o-1`, options, { headers: { cookie } })).text()
    expect(await read(everyone)).toMatch(/21 Nov 2026, 08:00\.[\s\S]*Times are in UTC\./)
    const berlin = await read({ ...everyone, timeZone: 'Europe/Berlin' })
    expect(berlin).toMatch(/21 Nov 2026, 09:00\.[\s\S]*Times are in Europe\/Berlin\./)
    const chosen = await get(`${at}?zone=Asia%2FTokyo`)
    expect(chosen.status).toBe(303)
    const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(await read(everyone, `a=b; ${cookie}`)).toMatch(/21 Nov 2026, 17:00\.[\s\S]*Asia\/Tokyo/)
    expect(await read(everyone, 'payment_status_zone=<script>')).toContain('Times are in UTC.')
    expect((await get(`${at}?zone=made-up`)).status).toBe(200)
  })

  it('has a strict policy, no script, and no cache', async () => {
    stage = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    const { headers } = await get(at)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*style-src 'sha256-/)
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|script-src/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await get(at, everyone, { method: 'DELETE' })).status).toBe(405)
  })

  it('says that it is not available while the database is away, and nothing about the database', async () => {
    const { tracker } = await stages.open({}, createFake('fake', '2026-11-21T08:00:00.000Z'))
    const away = {
      ...tracker,
      orders: () => Promise.reject(new Error('connection refused to 10.0.0.5')),
    }
    const response = await createStatusPage(away, everyone)(new Request(at))
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('10.0.0.5')
  })
})

/** Returns the hidden fields of the first form that posts. */
function fieldsOf(text: string): Record<string, string> {
  const [form = ''] = /<form method="post"[\s\S]*?<\/form>/.exec(text) ?? []
  const fields = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(
    fields.map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')]),
  )
}
