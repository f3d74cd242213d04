import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  outcomeOf,
  type PaymentStatus,
  paymentStatuses,
  statusTransitions,
} from '../packages/core/src/index.ts'

const COLORS: Readonly<Record<ReturnType<typeof outcomeOf>, string>> = {
  undecided: '#fff3d1',
  held: '#dbe8ff',
  paid: '#d6f2df',
  returned: '#eadfff',
  verified: '#d7f1f2',
  not_paid: '#fbdfdc',
  unclear: '#e9eaec',
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function box(
  { x, y, width, height }: Box,
  lines: readonly string[],
  fill = '#ffffff',
  isDashed = false,
): string {
  const middle = y + height / 2 - (lines.length - 1) * 8 + 4.5
  const texts = lines.map(
    (line, index) =>
      `<text x="${x + width / 2}" y="${middle + index * 16}" text-anchor="middle"${index > 0 ? ' class="soft"' : ''}>${escapeText(line)}</text>`,
  )
  const dashes = isDashed ? ' stroke-dasharray="5 4"' : ''
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="${fill}" stroke="#4a4d55"${dashes}/>${texts.join('')}`
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'middle'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" class="soft">${escapeText(text)}</text>`
}

function arrow(path: string, isDashed = false): string {
  return `<path d="${path}" fill="none" stroke="#4a4d55" stroke-width="1.3" marker-end="url(#tip)"${isDashed ? ' stroke-dasharray="5 4"' : ''}/>`
}

function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escapeText(title)}</title>
<style>text{font:13px system-ui,sans-serif;fill:#1d1f24}.soft{font-size:12px;fill:#4a4d55}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#4a4d55"/></marker></defs>
<rect width="${width}" height="${height}" rx="10" fill="#fbfbfc"/>
${parts.join('\n')}
</svg>
`
}

/** Draws statuses that can become any other as one group, and every edge of the rest. */
function transitions(): string {
  const free = paymentStatuses.filter((status) => statusTransitions[status].length === paymentStatuses.length)
  const bound = paymentStatuses.filter((status) => !free.includes(status))
  const moving = bound.filter((status) => statusTransitions[status].length > 1)
  const ending = bound.filter((status) => statusTransitions[status].length === 1)
  const width = 150
  const places = new Map<PaymentStatus, Box>()
  for (const [index, status] of free.entries())
    places.set(status, { x: 30, y: 70 + index * 56, width, height: 40 })
  for (const [index, status] of moving.entries())
    places.set(status, { x: 330, y: 40 + index * 84, width, height: 40 })
  for (const [index, status] of ending.entries())
    places.set(status, { x: 640, y: 20 + index * 60, width, height: 40 })
  const height = Math.max(...[...places.values()].map((place) => place.y + place.height)) + 60
  const edges = moving.flatMap((from) =>
    statusTransitions[from]
      .filter((to) => to !== from)
      .map((to) => {
        const start = places.get(from) as Box
        const end = places.get(to) as Box
        if (start.x === end.x) {
          const bow = 18 + 12 * Math.abs(moving.indexOf(to) - moving.indexOf(from))
          return arrow(
            `M${start.x} ${start.y + 26}C${start.x - bow} ${start.y + 40} ${end.x - bow} ${end.y} ${end.x - 2} ${end.y + 14}`,
          )
        }
        return arrow(
          `M${start.x + width} ${start.y + 20}C${start.x + width + 70} ${start.y + 20} ${end.x - 70} ${end.y + 20} ${end.x - 2} ${end.y + 20}`,
        )
      }),
  )
  const last = places.get(free.at(-1) ?? 'open') as Box
  const room = `<rect x="16" y="40" width="178" height="${last.y + last.height - 24}" rx="10" fill="none" stroke="#4a4d55" stroke-dasharray="5 4"/>`
  return picture(810, height, `Transitions of a payment: ${paymentStatuses.length} statuses`, [
    room,
    label(105, 60, 'can become any status'),
    arrow('M196 120L322 120', true),
    ...edges,
    ...[...places].map(([status, place]) => box(place, [status], COLORS[outcomeOf(status)])),
    label(
      405,
      height - 22,
      'Each may also stay as it is. Any other transition needs a lookup: it is then a correction.',
    ),
  ])
}

/** Draws a badge. What it states is read from the manifest, so that it is true. */
function badge(name: string, value: string): string {
  const [left, right] = [name, value].map((text) => text.length * 7 + 14) as [number, number]
  const text = (x: number, content: string) =>
    `<text x="${x}" y="14" text-anchor="middle">${escapeText(content)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${name}: ${escapeText(value)}">
<style>text{font:11px system-ui,sans-serif;fill:#fff}</style>
<rect width="${left + right}" height="20" rx="4" fill="#1a7f37"/><rect width="${left}" height="20" rx="4" fill="#4a4d55"/>
${text(left / 2, name)}${text(left + right / 2, value)}
</svg>
`
}

function sources(): string {
  const names: readonly (readonly [string, string, boolean])[] = [
    ['browser result', 'readClientResult', true],
    ['return URL', 'readReturn', true],
    ['response to the create call', 'readResponse', false],
    ['webhook, once verified', 'readWebhook', false],
    ['query', 'lookup, find, list', false],
  ]
  const parts = names.flatMap(([name, method, isHint], index) => {
    const y = 30 + index * 66
    return [
      box({ x: 20, y, width: 230, height: 48 }, [name, method], '#ffffff', isHint),
      arrow(`M250 ${y + 24}L320 ${y + 24}`, isHint),
    ]
  })
  return picture(900, 370, 'Five sources, one way to a payment', [
    ...parts,
    box({ x: 325, y: 30, width: 170, height: 312 }, ['one way', 'schema', 'status', 'payment'], '#f0f2f6'),
    arrow('M495 86L570 86', true),
    box(
      { x: 575, y: 50, width: 150, height: 72 },
      ['a hint', 'has no status', 'yields a key'],
      '#ffffff',
      true,
    ),
    arrow('M650 122L650 190', true),
    label(660, 160, 'look it up', 'start'),
    arrow('M495 240L570 240'),
    box(
      { x: 575, y: 195, width: 150, height: 90 },
      ['a report', 'has a status', 'may change', 'an order'],
      '#d6f2df',
    ),
    arrow('M725 240L765 240'),
    box({ x: 770, y: 195, width: 110, height: 90 }, ['advance', 'the guard', 'decideOrder', 'the step']),
  ])
}

function transaction(): string {
  const step = (y: number, lines: readonly string[], fill?: string) =>
    box({ x: 300, y, width: 300, height: 44 }, lines, fill)
  return picture(900, 440, 'The tracker: one transaction for each event', [
    box({ x: 20, y: 60, width: 180, height: 44 }, ['a webhook', 'its signature verifies']),
    box({ x: 20, y: 130, width: 180, height: 44 }, ['a poll', 'requested outside, then ingested']),
    box({ x: 20, y: 200, width: 180, height: 44 }, ['a report of the shop', 'ingest']),
    arrow('M200 82L282 102'),
    arrow('M200 152L282 152'),
    arrow('M200 222L282 200'),
    '<rect x="285" y="24" width="330" height="330" rx="10" fill="#eef3fd" stroke="#4a4d55"/>',
    label(450, 44, 'one transaction, under the lock of the order’s row'),
    step(56, ['evidence, append-only', 'a webhook’s row deduplicates it']),
    step(116, ['advance', 'applied, stale, conflict, …']),
    step(176, ['recorded state', 'the payment’s version rises by one']),
    step(236, ['decideOrder → change to deliver', 'provider/id/version']),
    step(296, ['recheck and next poll', 'rows with a due time']),
    arrow('M450 354L450 390'),
    label(460, 376, 'commit', 'start'),
    box({ x: 350, y: 392, width: 200, height: 34 }, ['200 to the provider'], '#d6f2df'),
    arrow('M615 258L690 258'),
    box(
      { x: 695, y: 200, width: 190, height: 116 },
      [
        'deliver, in order',
        'onChange(change, tx)',
        'what it writes with tx',
        'and the mark commit',
        'together: exactly once',
      ],
      '#d6f2df',
    ),
    label(790, 338, 'it throws: rolled back,'),
    label(790, 354, 'the same key again'),
  ])
}

function threeDSecure(): string {
  const actors: readonly (readonly [string, number])[] = [
    ['shopper', 100],
    ['your shop', 340],
    ['provider', 580],
    ['bank', 800],
  ]
  const messages: readonly (readonly [number, number, string])[] = [
    [100, 340, 'pays'],
    [340, 580, 'create'],
    [580, 340, 'requires_action, with a redirect'],
    [340, 100, 'send_shopper'],
    [100, 800, 'authenticates'],
    [800, 580, 'yes, or no'],
    [580, 100, 'back to your return URL'],
    [100, 340, 'return URL: a hint, no status'],
    [340, 580, 'lookup'],
    [580, 340, 'captured, or failed: a report'],
    [580, 340, 'webhook: again, or the only report'],
  ]
  const height = 90 + messages.length * 40
  return picture(900, height, '3-D Secure over time', [
    ...actors.map(
      ([name, x]) =>
        `<path d="M${x} 50V${height - 16}" stroke="#b9bcc4" fill="none"/>${box({ x: x - 60, y: 16, width: 120, height: 34 }, [name])}`,
    ),
    ...messages.flatMap(([from, to, text], index) => {
      const y = 88 + index * 40
      const tip = to > from ? to - 2 : to + 2
      return [arrow(`M${from} ${y}H${tip}`), label((from + to) / 2, y - 6, text)]
    }),
  ])
}

/** Returns each diagram by its file name in `docs/diagrams`. */
export function drawDiagrams(): Readonly<Record<string, string>> {
  const { license = '', engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly license?: string
    readonly engines: { readonly node: string }
  }
  return {
    'badge-license.svg': badge('license', license),
    'badge-node.svg': badge('node', engines.node.replace('>=', '≥ ')),
    'badge-types.svg': badge('types', 'included'),
    'five-sources.svg': sources(),
    'status-transitions.svg': transitions(),
    'three-d-secure.svg': threeDSecure(),
    'tracker-transaction.svg': transaction(),
  }
}

/** Writes the diagrams of the documentation. A test compares them with the code's transition graph. */
export function run(): number {
  mkdirSync('docs/diagrams', { recursive: true })
  for (const [name, svg] of Object.entries(drawDiagrams())) writeFileSync(`docs/diagrams/${name}`, svg)
  return 0
}
