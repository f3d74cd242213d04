import type { ProviderFixtures } from '@payment-status/core/kit'
import { type HttpHandler, http } from 'msw'

/**
 * Request handlers for msw: everything asked of the provider's API is answered from its fixtures, errors for wrong
 * keys and unknown ids included. Needs msw 3.
 *
 * @example
 * const server = setupServer(...handlersFor(checkoutComFixtures))
 * server.listen({ onUnhandledFrame: 'error' })
 */
export function handlersFor({
  origin,
  otherOrigins = [],
  respond,
}: Pick<ProviderFixtures, 'origin' | 'otherOrigins' | 'respond'>): HttpHandler[] {
  if (!respond) return []
  return [origin, ...otherOrigins].map((one) => http.all(`${one}/*`, ({ request }) => respond(request)))
}
