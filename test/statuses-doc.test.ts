import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as airwallex from '../packages/airwallex/src/index.ts'
import * as checkoutCom from '../packages/checkout-com/src/index.ts'
import { isDecided, outcomeOf, paymentStatuses, statusMeanings } from '../packages/core/src/index.ts'
import * as onerway from '../packages/onerway/src/index.ts'
import * as stripe from '../packages/stripe/src/index.ts'

const path = new URL('../docs/statuses.md', import.meta.url)

/** Returns a Markdown table: each of `words` in each of `situations`. */
function tabulate<Word extends string, Situation>(
  title: string,
  words: readonly Word[],
  situations: Readonly<Record<string, Situation>>,
  toStatus: (word: Word, situation: Situation) => string,
): string {
  const rows = words.map((word) => [
    word,
    ...Object.values(situations).map((situation) => `\`${toStatus(word, situation)}\``),
  ])
  return toTable([title, ...Object.keys(situations)], rows)
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

const anythingElse = 'anything else'

const tables: Readonly<Record<string, string>> = {
  words: toTable(
    ['status', 'what it means', 'outcome', 'decided'],
    paymentStatuses.map((status) => [
      `\`${status}\``,
      statusMeanings[status],
      `\`${outcomeOf(status)}\``,
      isDecided(status) ? 'yes' : 'no',
    ]),
  ),
  'checkout-com': tabulate(
    '`status`',
    [...checkoutCom.checkoutComStatuses, anythingElse],
    {
      '`approved: true`': { approved: true },
      '`approved: false`': { approved: false },
      'and a plan to try again': { approved: false, retry: { attempts_made: 1, max_attempts: 4 } },
      absent: {},
      'absent, with a redirect': { _links: { redirect: { href: 'https://3ds.example' } } },
    },
    (status, facts) => checkoutCom.toPaymentStatus({ status, ...facts }),
  ),
  'onerway-status': toTable(
    ['`txnType`', 'integration', ...onerway.onerwayStatuses, anythingElse],
    [...onerway.onerwayTxnTypes, anythingElse].flatMap((txnType) => {
      const [direct = [], hosted = []] = (['direct', 'hosted'] as const).map((integration) =>
        [...onerway.onerwayStatuses, anythingElse].map(
          (status) => `\`${onerway.toPaymentStatus({ txnType, status, integration })}\``,
        ),
      )
      return direct.join() === hosted.join()
        ? [[txnType, 'either', ...direct]]
        : [
            [txnType, '`direct`', ...direct],
            [txnType, '`hosted`', ...hosted],
          ]
    }),
  ),
  'onerway-payment-status': tabulate(
    '`txnType`',
    [...onerway.onerwayTxnTypes, anythingElse],
    Object.fromEntries([...onerway.onerwayPaymentStatuses, anythingElse].map((word) => [word, word])),
    (txnType, paymentStatus) =>
      onerway.toPaymentStatus({ txnType, status: 'S', paymentStatus, integration: 'hosted' }),
  ),
  airwallex: tabulate(
    '`status`',
    [...airwallex.airwallexStatuses, anythingElse],
    {
      'nothing captured': { captured_amount: 0 },
      'captured in part': { captured_amount: 5 },
      'captured in full': { captured_amount: 10 },
      'captured and refunded in part': { captured_amount: 10, refunded_amount: 5 },
      'captured and refunded in full': { captured_amount: 10, refunded_amount: 10 },
      'nothing captured, attempt EXPIRED': {
        captured_amount: 0,
        latest_payment_attempt: { status: 'EXPIRED' },
      },
    },
    (status, facts) => airwallex.toPaymentStatus({ status, amount: 10, ...facts }),
  ),
  stripe: tabulate(
    '`status`',
    [...stripe.stripeStatuses, anythingElse],
    {
      'nothing received': { amount_received: 0 },
      'canceled for being expired': { amount_received: 0, cancellation_reason: 'expired' },
      '400 received': { amount_received: 400 },
      'all received': { amount_received: 1000 },
      'and 400 refunded': {
        amount_received: 1000,
        latest_charge: { status: 'succeeded', amount_captured: 1000, amount_refunded: 400 },
      },
      'and all refunded': {
        amount_received: 1000,
        latest_charge: { status: 'succeeded', amount_captured: 1000, amount_refunded: 1000 },
      },
    },
    (status, facts) => stripe.toPaymentStatus({ status, amount: 1000, ...facts }),
  ),
}

/** Returns the page with `table` in the block of that name. */
function replaceBlock(page: string, name: string, table: string): string {
  const opening = `<!-- ${name}: written by test/statuses-doc.test.ts -->\n`
  const closing = `<!-- /${name} -->`
  const start = page.indexOf(opening)
  const end = page.indexOf(closing)
  if (start < 0 || end < start) throw new Error(`docs/statuses.md has no block ${name}`)
  return `${page.slice(0, start + opening.length)}\n${table}\n\n${page.slice(end)}`
}

describe('docs/statuses.md', () => {
  it.each(Object.entries(tables))('shows %s as the code has it', (name, table) => {
    const page = readFileSync(path, 'utf8')
    const right = replaceBlock(page, name, table)
    if (process.env.UPDATE_DOCS) writeFileSync(path, right)
    else expect(page).toBe(right)
  })

  it('shows an unlisted word as unknown in every situation', () => {
    for (const [name, table] of Object.entries(tables)) {
      const row = table.split('\n').find((line) => line.startsWith(`| ${anythingElse} |`))
      if (name !== 'words')
        expect(row?.match(/`\w+`/g)?.filter((status) => status !== '`unknown`')).toEqual([])
    }
  })
})
