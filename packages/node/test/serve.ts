import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStripe } from '@payment-status/stripe'
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { createPayments } from 'payment-status'
import { expect } from 'vitest'
import type { WebHandler } from '../src/index.ts'

export interface Served {
  readonly port: number
  close(): Promise<unknown>
}

/** A server that listens on the loopback interface. */
export async function listen(server: Server): Promise<Served> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface Endpoint {
  readonly webhooks: WebHandler
  readonly heard: readonly string[]
  readonly errors: readonly unknown[]
}

/** One endpoint for all providers, and what it heard. */
export function createEndpoint(): Endpoint {
  const heard: string[] = []
  const errors: unknown[] = []
  const payments = createPayments([
    createStripe({ ...stripeFixtures.secrets, fetch: stripeFixtures.respond }),
  ])
  const webhooks = payments.webhookHandler({
    claims: 'none',
    onEvent: ({ id }) => void heard.push(id),
    onError: (error) => errors.push(error),
  })
  return { webhooks, heard, errors }
}

export async function signedDelivery(): Promise<{
  readonly rawBody: string
  readonly headers: Record<string, string>
}> {
  const [deliver] = stripeFixtures.payments.flatMap(({ webhook }) => webhook ?? [])
  if (!deliver) throw new Error('no recording has a webhook')
  const { rawBody, headers } = await deliver()
  return {
    rawBody: String(rawBody),
    headers: { 'content-type': 'application/json; charset=utf-8', ...(headers as Record<string, string>) },
  }
}

/** What an endpoint over real HTTP answers to a signed webhook, a forged one, a stranger's path and a GET. */
export async function expectToServe(port: number, { heard, errors }: Endpoint): Promise<void> {
  const { rawBody, headers } = await signedDelivery()
  const send = async (path: string, body: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body })
    return { status: answer.status, body: await answer.text() }
  }
  expect(await send('/webhooks/stripe', rawBody)).toEqual({ status: 200, body: '' })
  expect(errors).toEqual([])
  expect(heard.length).toBe(1)
  expect(await send('/webhooks/stripe', rawBody.replace('"object"', '"object" '))).toEqual({
    status: 401,
    body: '',
  })
  expect((await send('/webhooks/nobody', rawBody)).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${port}/webhooks/stripe`)).ok).toBe(false)
  expect(heard.length).toBe(1)
}
