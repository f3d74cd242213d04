import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler, type WebHandler } from '@payment-status/node'
import { inputError } from '../errors.ts'

/** Longer than the longest poll and delivery. */
const REQUEST_LIMIT_IN_MILLISECONDS = 30_000
const FAREWELL_IN_MILLISECONDS = 2000

/** Listens on a port. Rejects with `invalid_input` that names the port when it cannot be used. */
export async function listen(
  handle: WebHandler,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  if (port > 65_535) throw inputError('--port must be a number from 0 to 65535')
  const server = createServer(
    { requestTimeout: REQUEST_LIMIT_IN_MILLISECONDS, headersTimeout: REQUEST_LIMIT_IN_MILLISECONDS },
    toNodeHandler(handle),
  )
  server.listen(port, host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw inputError(describe(error, host, port))
  })
  const { address, family, port: assigned } = server.address() as AddressInfo
  return { server, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${assigned}` }
}

function describe({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is taken. Stop the program that uses it, or choose another port with --port`
  if (code === 'EACCES') return `this user may not use port ${port}. Choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `this machine has no address ${host}. Give one of its addresses with --host, or 0.0.0.0 for all`
  return `port ${port} cannot be opened (${code})`
}

/** Stops listening, and closes connections that do not end by themselves. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done))
  server.closeIdleConnections()
  const farewell = setTimeout(() => server.closeAllConnections(), FAREWELL_IN_MILLISECONDS)
  await closed
  clearTimeout(farewell)
}
