/** A piece of a page in which everything that was not written here is escaped. */
export interface Markup {
  readonly markup: string
}

type Content = Markup | string | number | undefined | false | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template of markup: what is put into it is text, unless it is markup itself. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: strings.reduce((all, string, index) => all + toMarkup(values[index - 1]) + string) }
}

function toMarkup(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'object')
    return 'markup' in content ? content.markup : content.map(toMarkup).join('')
  return escapeText(String(content))
}

/** Text of somebody else: characters that cannot be shown are replaced, so that no value hides a part of itself. */
function escapeText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

const LONGEST_VALUE = 400

/** A value of somebody else, in its own direction: right-to-left text turns nothing around it. */
export function value(text: string | undefined): Markup | undefined {
  if (text === undefined) return undefined
  const shown = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
  return html`<bdi>${shown}</bdi>`
}
