import { createCheckoutCom } from '@payment-status/checkout-com'
import { checkoutComFixtures } from '@payment-status/checkout-com/fixtures'
import { compare, type Figure, time } from './measure.ts'

const REFERENCE = 'ORD-Test-2022-23'
const ROWS = 100

/** A page of 100 payments: from its bytes to reports, through the whole lookup. */
export async function measurePage(): Promise<Figure[]> {
  const { secrets, origin, respond } = checkoutComFixtures
  const answer = await respond(
    new Request(`${origin}/payments?reference=${REFERENCE}&limit=100`, {
      headers: { authorization: `Bearer ${secrets.secretKey}` },
    }),
  )
  const { data } = (await answer.json()) as { data: object[] }
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    ...data[index % data.length],
    id: `pay_${String(index).padStart(26, 'a')}`,
  }))
  const page = new TextEncoder().encode(
    JSON.stringify({ total_count: ROWS, skip: 0, limit: ROWS, data: rows }),
  )
  const end = JSON.stringify({ total_count: ROWS, skip: ROWS, limit: ROWS, data: [] })
  const checkout = createCheckoutCom({
    ...secrets,
    // A full page is followed by another question: counts are not relied on.
    fetch: async (input) => new Response(String((input as Request).url).endsWith('skip=0') ? page : end),
  })
  const parse = () => JSON.parse(new TextDecoder().decode(page))
  const whole = await compare(() => checkout.lookupByReference(REFERENCE), parse)
  return [
    {
      what: `a reference with ${ROWS} payments (${Math.round(page.length / 1024)} KiB), lookup to reports`,
      ours: time(whole.ours),
      other: `decode + JSON.parse ${time(whole.other)}`,
      figure: whole.ratio.toFixed(2),
      goal: '≤ 1.75',
    },
  ]
}
