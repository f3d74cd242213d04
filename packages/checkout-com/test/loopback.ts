import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real server on loopback, and the headers of everything it was asked. */
export interface Loopback {
  readonly url: string
  readonly asked: readonly IncomingMessage['headers'][]
  [Symbol.asyncDispose](): Promise<void>
}

/** Serves each request, however it likes, in the order they come: `count` is the request's number, from 1. */
export async function serve(
  answer: (response: ServerResponse, count: number, request: IncomingMessage) => void,
): Promise<Loopback> {
  const asked: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    answer(response, asked.length, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
