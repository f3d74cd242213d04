import { getTracker } from './payments.ts'

/** The page the shopper returns to. The URL only says which payment to look up. */
export async function GET(request: Request): Promise<Response> {
  const tracker = await getTracker()
  const { orderStatus } = await tracker.handleReturn('stripe', request.url, { signal: request.signal })
  return new Response(
    orderStatus.status === 'captured' ? 'Thank you. Your order is paid.' : 'We are checking.',
  )
}
