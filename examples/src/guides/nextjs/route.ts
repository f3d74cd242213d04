import { getTracker } from './payments.ts'

/** A route handler receives a web-standard Request with an unread body. The last part of its path names the provider. */
export async function POST(request: Request): Promise<Response> {
  const tracker = await getTracker()
  return tracker.webhooks(request)
}
