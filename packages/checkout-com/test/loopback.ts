import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real server on loopback, and the headers of all requests. */
export interface Loopback {
  readonly url: string
  readonly requests: readonly IncomingMessage['headers'][]
  [Symbol.asyncDispose](): Promise<void>
}

/** Serves each request, however it likes, in the order they come: `count` is the request's number, from 1. */
export async function serve(
  answer: (response: ServerResponse, count: number, request: IncomingMessage) => void,
): Promise<Loopback> {
  const requests: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    requests.push(request.headers)
    answer(response, requests.length, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
