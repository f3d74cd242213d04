import type { Task } from '../types.ts'
import { html, id, type Markup, value } from './markup.ts'
import { orderLink, when } from './orders.ts'
import type { PageContext } from './status-page.ts'
import { table } from './tables.ts'
import { taskWords } from './words.ts'

/** Shows the tasks of one order, with what to do and a button that closes each. */
export function taskCards(tasks: readonly Task[], context: PageContext): Markup {
  return html`<ul class="tasks">${tasks.map((task) => {
    const { title, advice } = taskWords[task.kind]
    return html`<li class="task"><h3>${title}</h3>
<p>${advice}</p>
${task.why !== undefined && html`<p class="why">Reason: ${value(task.why)}.</p>`}
<p class="soft">Open since ${when(task.openedAt, context.clock)}${task.payment && html`, payment ${id(task.payment.id)}`}</p>
${closeForm(task, context, task.order)}</li>`
  })}</ul>`
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
