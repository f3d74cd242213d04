// By itself, because msw's own types need the DOM's.
import { stripeFixtures } from '@payment-status/stripe/fixtures'
import { handlersFor } from '@payment-status/testing/msw'
import { setupServer } from 'msw/node'

export const server = setupServer(...handlersFor(stripeFixtures))
