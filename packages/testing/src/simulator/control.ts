import { isPaymentError } from '@payment-status/core'
import type { SimulatedPayment } from '@payment-status/core/kit'
import type { Simulator, StartOptions } from './simulator.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
}

/**
 * Serves a simulator as a web-standard handler: its providers' query APIs under `/<provider>/…`, and its own controls under
 * `/simulator/…`. For tests in any language.
 *
 * @example
 * createServer(toNodeHandler(createControl(simulator))).listen(4010)
 */
export function createControl(simulator: Simulator): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (!pathname.startsWith('/simulator/')) return simulator.fetch(request)
    try {
      const [resource, provider, id] = pathname.split('/').slice(2).map(decodeURIComponent)
      switch (`${request.method} ${resource}`) {
        case 'POST payments': {
          const started = await simulator.start(await readBody<StartOptions>(request))
          return Response.json(started, { status: 201 })
        }
        case 'GET payments': {
          const payments = simulator.payments().map((payment) => describe(payment, simulator))
          if (!provider) return Response.json(payments)
          const payment = payments.find((other) => other.provider === provider && other.id === id)
          return payment ? Response.json(payment) : refuse(404, 'no payment of this provider and id')
        }
        case 'GET deliveries':
          return Response.json(simulator.deliveries())
        case 'GET clock':
          return tellTime(simulator)
        case 'POST clock': {
          const { advance } = await readBody<{ advance?: string | number }>(request)
          const milliseconds = toMilliseconds(advance)
          if (milliseconds === undefined)
            return refuse(400, 'advance is milliseconds, or a number with ms, s, m, h or d')
          await simulator.advance(milliseconds)
          return tellTime(simulator)
        }
        default:
          return refuse(404, 'see payments, deliveries and clock')
      }
    } catch (error) {
      if (isPaymentError(error)) return refuse(400, error.message)
      return refuse(400, error instanceof URIError ? 'the path cannot be decoded' : 'the body is not JSON')
    }
  }
}

/** `90`, `'90ms'`, `'15m'`, `'3d'` as milliseconds; `undefined` for anything else. */
export function toMilliseconds(duration: unknown): number | undefined {
  const [, amount, unit = 'ms'] = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(String(duration)) ?? []
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1)
}

function describe(
  payment: SimulatedPayment,
  simulator: Simulator,
): SimulatedPayment & { readonly truth: unknown } {
  return { ...payment, truth: simulator.truth(payment.provider, payment.id) }
}

function tellTime(simulator: Simulator): Response {
  return Response.json({ now: simulator.now(), next: simulator.next() ?? null })
}

async function readBody<Body>(request: Request): Promise<Body> {
  const text = await request.text()
  const body: unknown = text === '' ? {} : JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new SyntaxError()
  return body as Body
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: message }, { status })
}
