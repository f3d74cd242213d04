import { type Content, html, type Markup } from './markup.ts'

export interface Column {
  readonly title: string
  /** `number`: right-aligned. `text`: may break between words. Default: stays on one line. */
  readonly kind?: 'number' | 'text'
}

/**
 * Makes a table that scrolls in a box of its own, and whose rows become cards on a phone. The first cell of a row is its
 * heading. Roles are stated because browsers drop a table's own when its rows are cards.
 */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
): Markup {
  const head = columns.map(
    ({ title, kind }) => html`<th scope="col" role="columnheader" class="${kind ?? 'line'}">${title}</th>`,
  )
  const body = rows.map((cells) => {
    const made = cells.map((content, index) => {
      const { title = '', kind = 'line' } = columns[index] ?? {}
      const shown = html`<div class="cell">${content}</div>`
      return index === 0
        ? html`<th scope="row" role="rowheader" class="${kind}" data-label="${title}">${shown}</th>`
        : html`<td role="cell" class="${kind}" data-label="${title}">${shown}</td>`
    })
    return html`<tr role="row">${made}</tr>`
  })
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><table role="table" aria-label="${label}"><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">${body}</tbody></table></div>`
}

/** Makes a list of names and values. Pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, Content])[]): Markup {
  const shown = pairs.filter(([, content]) => content !== undefined && content !== false)
  return html`<dl>${shown.map(([name, content]) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`)}</dl>`
}

/** Says what will appear in an empty place, and when. */
export function empty(text: string): Markup {
  return html`<p class="empty">${text}</p>`
}
