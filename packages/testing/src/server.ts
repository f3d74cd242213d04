import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PaymentError } from '@payment-status/core'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { createControl } from './simulator/control.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator/simulator.ts'

export interface SimulatorServerOptions extends SimulatorOptions {
  /** Where to listen, on 127.0.0.1; 0 takes a free port. Default 4010. */
  readonly port?: number | undefined
  /** True if the clock moves only on request. Default false: it follows the real clock. */
  readonly frozen?: boolean | undefined
}

export interface SimulatorServer {
  readonly simulator: Simulator
  /** `http://127.0.0.1:4010`: a provider's API is under `/<provider>`, the simulator's own controls under `/simulator`. */
  readonly url: string
  close(): Promise<void>
}

const DEFAULT_PORT = 4010
const TICK_IN_MILLISECONDS = 250

/**
 * Starts a simulator behind HTTP, for tests in any language. Rejects with `invalid_input` for a port that cannot be used.
 *
 * @example
 * const server = await startSimulatorServer({ providers: [stripeSimulation], port: 0 })
 * const stripe = createStripe({ ...stripeSimulation.secrets, baseUrl: `${server.url}/stripe` })
 */
export async function startSimulatorServer(options: SimulatorServerOptions): Promise<SimulatorServer> {
  const { port = DEFAULT_PORT, frozen = false, ...rest } = options
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw inputError('a port is a number up to 65535')
  const simulator = createSimulator(rest)
  const server = createServer(createRequestListener(createControl(simulator)))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw inputError(
      error.code === 'EADDRINUSE' ? 'the port is taken' : `the port cannot be had (${error.code})`,
    )
  })
  const ticking = frozen
    ? undefined
    : setInterval(() => void simulator.advance(TICK_IN_MILLISECONDS), TICK_IN_MILLISECONDS)
  return {
    simulator,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearInterval(ticking)
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function inputError(message: string): PaymentError {
  return new PaymentError({ code: 'invalid_input', provider: 'simulator', message })
}
