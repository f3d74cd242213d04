/** A piece of a page in which every value that was put in is escaped. */
export interface Markup {
  readonly markup: string
}

export type Content = Markup | string | number | undefined | false | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes markup of a template. Values are escaped unless they are markup. Attributes must have double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: strings.reduce((all, string, index) => all + toMarkup(values[index - 1]) + string) }
}

function toMarkup(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'object')
    return 'markup' in content ? content.markup : content.map(toMarkup).join('')
  return escapeText(String(content))
}

/** Replaces characters that cannot be shown, so that no value hides a part of itself or turns its surroundings. */
export function toVisible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

function escapeText(text: string): string {
  return toVisible(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

const LONGEST_VALUE = 400

/** Shows a value of the shop or the provider in its own text direction. */
export function value(text: string | undefined, longest = LONGEST_VALUE): Markup | undefined {
  if (text === undefined) return undefined
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text
  return html`<bdi>${shown}</bdi>`
}

/** Shows an id. It is monospaced and can be selected with one click. */
export function id(text: string | undefined): Markup | undefined {
  return text === undefined ? undefined : html`<code class="id">${value(text)}</code>`
}
