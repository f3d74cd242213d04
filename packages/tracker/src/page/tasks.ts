import type { OrderView, Task } from '../types.ts'
import { money, properName } from './format.ts'
import { html, id, type Markup, value } from './markup.ts'
import { orderLink, when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { table } from './tables.ts'
import { taskWords } from './words.ts'

/** Shows the tasks of one order, with what to do and a button that closes each. */
export function taskCards(view: OrderView, context: PageContext): Markup {
  return html`<ul class="tasks">${view.tasks.map((task) => {
    const { title, advice } = wordsOf(task, view)
    return html`<li class="task"><h3>${title}</h3>
<p>${advice}</p>
${task.why !== undefined && html`<p class="why">Reason: ${value(task.why)}.</p>`}
<p class="soft">Open since ${when(task.openedAt, context.clock)}${task.payment && html`, payment ${id(task.payment.id)}`}</p>
${conflictForm(task, view, context)}${closeForm(task, context, task.order)}</li>`
  })}</ul>`
}

/** Names the payment to refund where the order was paid more than once. */
function wordsOf({ kind }: Task, { decision, orderStatus }: OrderView): (typeof taskWords)[Task['kind']] {
  const payment = kind === 'investigate' && orderStatus.paidTwice ? decision.payment?.payment : undefined
  if (!payment) return taskWords[kind]
  const amount = payment.amount ? ` (${money(payment.amount)})` : ''
  const provider = properName(payment.provider)
  return {
    title: 'Refund a payment',
    advice: `The order was paid more than once. Refund payment ${payment.id}${amount} in ${provider}’s dashboard, then close this task.`,
  }
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
export function tasksTable(tasks: readonly Task[], context: PageContext): Markup {
  const rows = tasks.map((task) => [
    html`<b>${taskWords[task.kind].title}</b>`,
    task.order === undefined ? id(task.payment?.id) : orderLink(task.order),
    task.why === undefined ? taskWords[task.kind].advice : value(task.why),
    when(task.openedAt, context.clock),
    closeForm(task, context),
  ])
  return table(
    'Open tasks',
    [
      { title: 'Task' },
      { title: 'Order or payment' },
      { title: 'Reason', kind: 'text' },
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
