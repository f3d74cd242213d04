import type { ShardedHealth } from '../shards/views.ts'
import type { Health } from '../types/health.ts'
import { type Clock, counted, duration, properName } from './format.ts'
import type { Page } from './layout.ts'
import { type Content, html, id, type Markup } from './markup.ts'
import { nightlyChecks } from './nightly-checks.ts'
import { when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'

const MINUTE = 60_000
/** A worker is seen every 30 seconds. */
const WORKER_IS_GONE_AFTER = 2 * MINUTE
/** The sweep runs every minute. */
const SWEEP_IS_LATE_AFTER = 10 * MINUTE
const DELIVERY_IS_LATE_AFTER = 5 * MINUTE
const NIGHT_IS_LATE_AFTER = 36 * 60 * MINUTE

/** Shows the tracker's health with its workers, and what the last night compared. */
export async function healthPage(context: PageContext): Promise<Page> {
  const { tracker, clock } = context
  const health = await tracker.health()
  const { workers, comparisons } = health
  const main = html`<h1>Health</h1>
<section class="panel"><ul class="health">${partsOf(health, clock).map(toLine)}</ul></section>
<section><h2>Workers</h2>
${
  workers.length === 0
    ? empty('No worker was seen within a day. A worker appears when the service or `tracker.work()` runs.')
    : table(
        'Workers',
        [{ title: 'Worker' }, { title: 'Started' }, { title: 'Last seen' }],
        workers.map(({ id: name, startedAt, seenAt }) => [
          id(name),
          when(startedAt, clock),
          html`${when(seenAt, clock)}${!isAlive(seenAt) && html` <span class="badge unclear">Gone</span>`}`,
        ]),
      )
}</section>
${
  comparisons.length > 0 &&
  html`<section><h2>Comparisons under way</h2>${table(
    'Comparisons under way',
    [{ title: 'Provider' }, { title: 'Day' }, { title: 'Part' }, { title: 'Started' }],
    comparisons.map(({ provider, day, part, attempts, startedAt }) => [
      html`<bdi>${properName(provider)}</bdi>`,
      day,
      html`${part}${attempts > 1 && html` <span class="soft">(attempt ${attempts})</span>`}`,
      when(startedAt, clock),
    ]),
  )}</section>`
}
<section><h2>Nightly check</h2>${await nightlyChecks(context).catch(() => empty('The results can be read when every database can be reached.'))}</section>`
  return { status: 200, title: 'Health', main, place: 'health' }
}

/** Shows the parts that need a look, and how many are good. */
export function healthSummary(health: Health, { clock }: PageContext): Markup {
  const parts = partsOf(health, clock)
  const good = parts.filter(({ isGood }) => isGood).length
  const rest = `${good === parts.length ? 'All' : 'The other'} ${counted(good, 'part')}`
  return html`<ul class="health">${parts.filter(({ isGood }) => !isGood).map(toLine)}${toLine({ isGood: true, name: rest, content: html`<a href="?health">See each</a>` })}</ul>`
}

interface Part {
  readonly isGood: boolean
  readonly name: string
  readonly content: Content
}

function partsOf(health: Health, clock: Clock): readonly Part[] {
  const { backlog, oldestChangeMs, blocked, overduePolls, pausedProviders, workers, unreadable } = health
  const running = workers.filter(({ seenAt }) => isAlive(seenAt)).length
  const age = oldestChangeMs === undefined ? '' : `, the oldest for ${duration(oldestChangeMs)}`
  return [
    {
      isGood: (oldestChangeMs ?? 0) < DELIVERY_IS_LATE_AFTER,
      name: 'Deliveries to the shop',
      content: backlog === 0 ? 'All delivered' : `${counted(backlog, 'message')} waiting${age}`,
    },
    {
      isGood: blocked === 0,
      name: 'Orders that the shop does not accept',
      content: blocked === 0 ? 'None' : `${counted(blocked, 'order')}: the shop’s handler fails`,
    },
    {
      isGood: running > 0,
      name: 'Workers',
      content: running === 0 ? 'None is running: nothing is polled or delivered' : `${running} running`,
    },
    {
      isGood: overduePolls === 0,
      name: 'Polls of the providers',
      content: overduePolls === 0 ? 'On time' : `${counted(overduePolls, 'poll')} overdue`,
    },
    {
      isGood: pausedProviders.length === 0,
      name: 'Providers',
      content:
        pausedProviders.length === 0
          ? 'All reachable'
          : pausedProviders.map(
              ({ provider, until }, index) =>
                html`${index > 0 && ', '}<bdi>${properName(provider)}</bdi> is paused until ${when(until, clock)}`,
            ),
    },
    {
      isGood: unreadable === 0,
      name: 'Webhooks',
      content:
        unreadable === 0
          ? 'All could be read'
          : `${counted(unreadable, 'webhook')} could not be read: see the tasks`,
    },
    sweepOf(health, clock),
    nightOf(health, clock),
    ...databasesOf(health),
  ]
}

/** Returns the databases of a sharded tracker. */
function databasesOf({ shards }: Partial<ShardedHealth>): readonly Part[] {
  if (!shards) return []
  const lost = shards.filter(({ isReachable }) => !isReachable)
  const content =
    lost.length === 0
      ? 'All reachable'
      : html`${lost.map(({ name }, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)}: not reachable. Lists and searches wait for it`
  return [{ isGood: lost.length === 0, name: 'Databases', content }]
}

/** The sweep finds what a crash left behind. */
function sweepOf({ lastSweepAt }: Health, clock: Clock): Part {
  const isGood = lastSweepAt !== undefined && ageOf(lastSweepAt) < SWEEP_IS_LATE_AFTER
  const content = lastSweepAt === undefined ? 'Has not run yet' : html`Last run ${when(lastSweepAt, clock)}`
  return { isGood, name: 'Sweep, every minute', content }
}

function nightOf({ lastNight, comparisons }: Health, clock: Clock): Part {
  const name = 'Nightly check'
  if (!lastNight) return { isGood: true, name, content: 'Has not run yet' }
  const { startedAt, endedAt } = lastNight
  const isGood = ageOf(startedAt) < NIGHT_IS_LATE_AFTER
  if (endedAt !== undefined) return { isGood, name, content: html`Ended ${when(endedAt, clock)}` }
  const left = comparisons.length === 0 ? '' : `, ${counted(comparisons.length, 'comparison')} left`
  return { isGood, name, content: html`Under way since ${when(startedAt, clock)}${left}` }
}

function toLine({ isGood, name, content }: Part): Markup {
  return html`<li><span class="badge ${isGood ? 'paid' : 'undecided'}">${isGood ? 'OK' : 'Check'}</span><span>${name}<br><span class="soft">${content}</span></span></li>`
}

function isAlive(seenAt: string): boolean {
  return ageOf(seenAt) < WORKER_IS_GONE_AFTER
}

function ageOf(instant: string): number {
  return Date.now() - Date.parse(instant)
}
