import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { toNodeHandler } from '@payment-status/node'
import { Hono } from 'hono'
import { answerOther, answerOurs, handleOther } from './endpoints.ts'

// The servers that endpoint.ts delivers to, in a process of their own: it sends its ports, and its processor time when asked.
// One kind for each process: Hono's server puts its own `Request` and `Response` in the place of the global ones.

function createHono(answer: (request: Request) => Promise<Response>): Server {
  const app = new Hono()
  app.post('/webhooks/:provider', (context) => answer(context.req.raw))
  return serve({ fetch: app.fetch, port: 0 }) as Server
}

function answerOnNode(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    const status = await handleOther(Buffer.concat(chunks), String(request.headers['stripe-signature']))
    response.writeHead(status).end()
  })
}

const servers: Readonly<Record<string, Server>> =
  process.argv[2] === 'hono'
    ? { ours: createHono(answerOurs), other: createHono(answerOther) }
    : {
        ours: createServer(toNodeHandler(answerOurs)).listen(0),
        other: createServer(answerOnNode).listen(0),
      }
for (const server of Object.values(servers)) if (!server.listening) await once(server, 'listening')
process.send?.(
  Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [name, (server.address() as AddressInfo).port]),
  ),
)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
