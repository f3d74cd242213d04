import {
  createWebhookHandler,
  memoryClaims,
  type PaymentProvider,
  type WebhookEvent,
} from '@payment-status/core'
import { describe, expect, it } from 'vitest'

const base = (id: string) => ({
  provider: 'test-pay',
  id,
  type: 'test',
  reply: { status: 200, body: `accepted ${id}`, contentType: 'text/plain' },
})
const unreadable = (id: string): WebhookEvent => ({ ...base(id), kind: 'unreadable', why: `why ${id}` })
const several: WebhookEvent = {
  ...base('all'),
  kind: 'several',
  events: [unreadable('a'), unreadable('b'), unreadable('c')],
}

function stand(event: WebhookEvent): PaymentProvider {
  const answers = { lookup: 'none', byReference: 'none', list: 'none' } as const
  return { name: 'test-pay', answers, readWebhook: async () => event } as unknown as PaymentProvider
}
const deliver = () => new Request('https://shop.example/webhooks', { method: 'POST', body: '{}' })

describe('several events in one body', () => {
  it('are each handled once, and acknowledged only when all of them are', async () => {
    const handled: string[] = []
    let isDown = true
    const handler = createWebhookHandler(stand(several), {
      claims: memoryClaims(),
      onReports: () => {},
      onUnreadable({ id }) {
        if (id === 'b' && isDown) throw new Error('the database is down')
        handled.push(id)
      },
    })
    expect((await handler(deliver())).status).toBe(500)
    expect(handled).toEqual(['a', 'c'])
    isDown = false
    const answer = await handler(deliver())
    expect([answer.status, await answer.text()]).toEqual([200, 'accepted all'])
    expect(handled).toEqual(['a', 'c', 'b'])
    expect((await handler(deliver())).status).toBe(200)
    expect(handled).toHaveLength(3)
  })

  it('reach a queue one by one', async () => {
    const queued: string[] = []
    const handler = createWebhookHandler(stand(several), {
      claims: 'none',
      onEvent: (event) => void queued.push(`${event.kind} ${event.id}`),
    })
    expect((await handler(deliver())).status).toBe(200)
    expect(queued).toEqual(['unreadable a', 'unreadable b', 'unreadable c'])
  })
})

it('a recheck at a provider without lookups is for a person, and refused without a handler for it', async () => {
  const recheck: WebhookEvent = { ...base('r'), kind: 'recheck', key: { id: 'p1' }, why: 'an unlisted code' }
  const whys: string[] = []
  const options = { claims: 'none', onReports: () => {} } as const
  const handler = createWebhookHandler(stand(recheck), {
    ...options,
    onUnreadable: ({ why }: { readonly why: string }) => void whys.push(why),
  })
  expect((await handler(deliver())).status).toBe(200)
  expect(whys).toEqual(['an unlisted code'])
  expect((await createWebhookHandler(stand(recheck), options)(deliver())).status).toBe(500)
})
