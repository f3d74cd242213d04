import type { OrderView } from '../types/order.ts'
import type { Task } from '../types/task.ts'
import { type Clock, counted, money, properName } from './format.ts'
import type { Page } from './layout.ts'
import { html, id, type Markup, value } from './markup.ts'
import { orderLink, when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { empty, table } from './tables.ts'
import { taskWords } from './words.ts'

const PAGE = 100

/** Lists the open tasks, oldest first. */
export async function tasksPage(context: PageContext): Promise<Page> {
  const { tracker } = context
  const tasks = await tracker.openTasks({ limit: PAGE })
  const left = tasks.length < PAGE ? 0 : (await tracker.health()).openTasks - PAGE
  const main = html`<h1>Open tasks</h1>
<p>Each task needs a person: do what it says, then close it. Oldest first.</p>
${tasks.length > 0 ? tasksTable(tasks, await readOrdersOf(tasks, context), context) : empty(noTasks)}
${left > 0 && html`<p class="soft">${counted(left, 'later task')} not shown. They follow when these are closed.</p>`}`
  return { status: 200, title: 'Open tasks', main, place: 'tasks' }
}

export const noTasks =
  'No open tasks. A task appears when a person has to look at a payment, for example when an order was paid twice.'

/** Reads the orders that tasks are about, by their ids. */
export async function readOrdersOf(
  tasks: readonly Task[],
  { tracker }: PageContext,
): Promise<ReadonlyMap<string, OrderView>> {
  const found = new Map<string, OrderView>()
  for (const order of new Set(tasks.flatMap(({ order }) => order ?? []))) {
    const view = await tracker.order(order)
    if (view) found.set(order, view)
  }
  return found
}

/** Shows the tasks of one order, with what to do and a button that closes each. */
export function taskCards(view: OrderView, context: PageContext): Markup {
  return html`<ul class="tasks">${view.tasks.map((task) => {
    const { title, advice } = wordsOf(task, view, context.clock)
    return html`<li class="task"><h3>${title}</h3>
<p>${advice}</p>
${task.why !== undefined && html`<p class="why">Reason: ${value(task.why)}.</p>`}
<p class="soft">Open since ${when(task.openedAt, context.clock)}${task.payment && html`, payment ${id(task.payment.id)}`}</p>
${conflictForm(task, view, context)}${closeForm(task, context, task.order)}</li>`
  })}</ul>`
}

interface Words {
  readonly title: string
  readonly advice: string
}

/** Says what to do: names the payment to refund where the order was paid more than once, and a dispute by its state. */
function wordsOf(task: Task, view: OrderView | undefined, clock: Clock): Words {
  const { kind } = task
  const isPaidTwice = kind === 'investigate' && view?.orderStatus.paidTwice === true
  const payment = isPaidTwice ? view.decision.payment?.payment : undefined
  if (!payment) return disputeAdvice(task, view, clock) ?? taskWords[kind]
  const amount = payment.amount ? ` (${money(payment.amount)})` : ''
  const provider = properName(payment.provider)
  return {
    title: 'Refund a payment',
    advice: `The order was paid more than once. Refund payment ${payment.id}${amount} in ${provider}’s dashboard, then close this task.`,
  }
}

function disputeAdvice(
  { kind, payment }: Task,
  view: OrderView | undefined,
  clock: Clock,
): Words | undefined {
  const disputed = view?.payments.find(
    ({ provider, id }) => provider === payment?.provider && id === payment.id,
  )
  const { dispute } = disputed?.report.payment ?? {}
  if (kind !== 'investigate' || !disputed || !dispute) return undefined
  const dashboard = `${properName(disputed.provider)}’s dashboard`
  const by = dispute.respondBy === undefined ? '' : ` by ${clock.moment(dispute.respondBy)}`
  if (dispute.status === 'needs_response')
    return {
      title: 'Answer a dispute',
      advice: `The shopper disputes this payment. Send evidence in ${dashboard}${by}, or accept the dispute there. Then close this task.`,
    }
  if (dispute.status === 'early_warning')
    return {
      title: 'Prevent a dispute',
      advice: `The bank warns of a dispute. Refund the payment in ${dashboard}, or prepare evidence. Then close this task.`,
    }
  if (dispute.status === 'lost')
    return {
      title: 'A dispute was lost',
      advice: 'The money goes back to the shopper. Write the loss into the books, then close this task.',
    }
  return undefined
}

/** Ends a contradiction: the viewer has compared the payment with the provider's dashboard. */
function conflictForm(
  task: Task,
  { order, payments }: OrderView,
  { tokens }: PageContext,
): Markup | undefined {
  const payment = payments.find(
    ({ provider, id }) => provider === task.payment?.provider && id === task.payment.id,
  )
  if (task.kind !== 'investigate' || !payment?.report.payment.conflict) return undefined
  const key = JSON.stringify({ provider: payment.provider, id: payment.id })
  return html`<p>If the provider’s dashboard shows what is recorded here, the payment can go on.</p>
<form method="post" action="?"><input type="hidden" name="conflict" value="${key}"><input type="hidden" name="token" value="${tokens.create(key)}"><input type="hidden" name="order" value="${order}"><button class="small">The record is right</button></form>`
}

/** Shows tasks of any order as a table. */
export function tasksTable(
  tasks: readonly Task[],
  orders: ReadonlyMap<string, OrderView>,
  context: PageContext,
): Markup {
  const rows = tasks.map((task) => {
    const { title, advice } = wordsOf(task, orders.get(task.order ?? ''), context.clock)
    return [
      html`<b>${title}</b>`,
      task.order === undefined ? id(task.payment?.id) : orderLink(task.order),
      html`${advice}${task.why !== undefined && html`<br><span class="soft">Reason: ${value(task.why)}.</span>`}`,
      when(task.openedAt, context.clock),
      closeForm(task, context),
    ]
  })
  return table(
    'Open tasks',
    [
      { title: 'Task' },
      { title: 'Order or payment' },
      { title: 'What to do', kind: 'text' },
      { title: 'Open since' },
      { title: 'Done?' },
    ],
    rows,
  )
}

/** Closes the task, then shows the page named by `order`, or the overview. */
function closeForm({ key, kind, order, payment }: Task, { tokens }: PageContext, back?: string): Markup {
  return html`<form method="post" action="?"><input type="hidden" name="task" value="${key}"><input type="hidden" name="token" value="${tokens.create(key)}">${back !== undefined && html`<input type="hidden" name="order" value="${back}">`}<button class="small">Close task<span class="unseen"> ${taskWords[kind].title}, ${order ?? payment?.id}</span></button></form>`
}
