import { createPayments, memoryClaims } from 'payment-status'
import { describe, expect, it } from 'vitest'
import { makeProvider } from './make.ts'

const payments = createPayments([makeProvider('here'), makeProvider('two words/ü')])
const handle = payments.webhookHandler({ claims: memoryClaims(), onReports() {} })
const send = async (path: string, method = 'POST') => {
  const response = await handle(new Request(`https://shop.example${path}`, { method }))
  return [response.status, await response.text()]
}

describe('the last segment of the path names the provider', () => {
  it.each([
    '/here',
    '/webhooks/here',
    '/webhooks/here/',
    '/webhooks/here//',
    '/here?provider=there',
    '/a/b/c/here#x',
  ])('%s', async (path) => expect(await send(path)).toEqual([200, 'here']))

  it('also when it has to be written in percent signs', async () => {
    expect(await send(`/webhooks/${encodeURIComponent('two words/ü')}`)).toEqual([200, 'two words/ü'])
    expect(await send('/webhooks/%68ere')).toEqual([200, 'here'])
  })

  it.each(['/', '/webhooks/there', '/here/other', '/webhooks/%E0%A4%A', '/webhooks/constructor', '/HERE'])(
    'an unknown one is 404, and says nothing: %s',
    async (path) => expect(await send(path)).toEqual([404, '']),
  )

  it('what is known still has to be a POST', async () => {
    expect(await send('/here', 'GET')).toEqual([405, ''])
    expect(await send('/there', 'GET')).toEqual([404, ''])
  })
})

it.each([undefined, {}, { url: '/webhooks/here', method: 'POST' }, 'https://shop.example/here'])(
  'what is no Request is refused: %o',
  async (value) => {
    await expect(handle(value as unknown as Request)).rejects.toMatchObject({ code: 'invalid_input' })
  },
)

it('options that cannot work are refused when the handler is made', () => {
  expect(() => payments.webhookHandler({ claims: 'none' } as never)).toThrow(
    expect.objectContaining({ code: 'invalid_input' }),
  )
})

it('providers share the claims, each under its own name', async () => {
  const begun: string[] = []
  const shared = payments.webhookHandler({
    claims: {
      async begin({ provider }) {
        begun.push(provider)
        return 'new'
      },
      async end() {},
    },
    onReports() {},
  })
  for (const name of ['here', 'two%20words%2F%C3%BC']) {
    await shared(new Request(`https://shop.example/${name}`, { method: 'POST' }))
  }
  expect(begun).toEqual(['here', 'two words/ü'])
})
