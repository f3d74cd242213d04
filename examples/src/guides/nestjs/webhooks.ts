import { toNodeHandler } from '@payment-status/node'
import type { Tracker } from '@payment-status/tracker'

/** The parts of Nest's `INestApplication` that are used. */
interface NestApp {
  use(path: string, handler: ReturnType<typeof toNodeHandler>): unknown
}

/** Serves the webhooks of a Nest app on `/webhooks/<provider>`. Call it in `main.ts`, before `app.listen()`. */
export function addWebhooks(app: NestApp, tracker: Pick<Tracker, 'webhooks'>): void {
  app.use('/webhooks', toNodeHandler(tracker.webhooks))
}
