import type { AllowedFields, Spelling } from '@payment-status/core/kit'
import type { RecordedProvider } from './providers.ts'
import type { Synthesizer } from './synthesize.ts'

/** Body without persons, card data and secrets, and how many words in it are new and were replaced, too. */
export interface Redacted {
  readonly body: unknown
  readonly redactedWords: number
}

type Kind = Exclude<keyof AllowedFields, 'within'>

/** Deeper than any documented body. */
const DEEPEST = 40
const MOST_ITEMS = 1000
const LARGEST_AMOUNT = 1e9
const EARLIEST_IN_SECONDS = Date.UTC(2010, 0, 1) / 1000
const LATEST_IN_SECONDS = Date.UTC(2050, 0, 1) / 1000
const REDACTED_WORD = 'redacted'
/** No part of a documented word has more letters. */
const LONGEST_PART = 16

const instantPattern = /^20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/
const offsetPattern = /^[+-]\d\d:\d\d$/

/** Forms of the kinds whose texts are kept as they are. */
const forms = {
  codes: /^(?:\d{1,5}|[A-Z]\d{1,4}|\d{1,3}[A-Z]\d{0,2}|\d{1,2}\.\d{1,2})$/,
  versions: /^\d{1,4}(?:[.-]\d{1,2}){1,2}(?:\.[a-z]{3,12})?$/,
  times: new RegExp(`${instantPattern.source}|${offsetPattern.source}`),
  amounts: /^-?\d{1,9}(?:\.\d{1,6})?$/,
  counts: /^\d{1,6}$/,
  currencies: /^[A-Za-z]{3}$/,
  countries: /^[A-Za-z]{2}$/,
  flags: /^(?:true|false)$/,
} as const satisfies Partial<Record<Kind, RegExp>>
const plainKinds = Object.keys(forms) as readonly (keyof typeof forms)[]

/** Replaces everything in a parsed body that is not on the provider's list. */
export function redactBody(body: unknown, provider: RecordedProvider, synthesizer: Synthesizer): Redacted {
  const walker = createWalker(provider, synthesizer)
  return { body: walker.members(body, provider.fields), redactedWords: walker.redactedWords() }
}

/** Request to a query API. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Stated for JSON. */
  readonly body?: unknown
}

/** Replaces everything in a request that is not on the provider's list. */
export function redactRequest(
  { method, path, query, body }: RecordedRequest,
  provider: RecordedProvider,
  synthesizer: Synthesizer,
): RecordedRequest {
  const { spelling, fields } = provider
  const walker = createWalker(provider, synthesizer)
  const toSegment = (segment: string) =>
    segment === '' || /^v\d$/.test(segment) || spelling.paths.includes(segment)
      ? segment
      : synthesizer.id(segment, spelling)
  return {
    method,
    path: path.split('/').map(toSegment).join('/'),
    query: query.map(([name, value]) => {
      const { [walker.nameOf(name, fields)]: made } = walker.members({ [name]: value }, fields) as Record<
        string,
        string
      >
      return [walker.nameOf(name, fields), String(made)]
    }),
    ...(body === undefined ? {} : { body: walker.members(body, fields) }),
  }
}

/**
 * Returns the text by which an answer is found again: the method, the path, and what names payments and pages. Times,
 * signatures and keys differ from one request to the next.
 */
export function keyOf({ method, path, query, body }: RecordedRequest, { fields }: RecordedProvider): string {
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const kinds = kindsOf(fields)
  const identifying = [...query, ...members]
    .filter(([name]) => ['ids', 'counts', 'searches'].some((kind) => kinds.get(name)?.has(kind as Kind)))
    .map(([name, value]) => `${name}=${String(value)}`)
  return [method, path, ...identifying.toSorted()].join(' ')
}

function createWalker({ spelling, secrets }: RecordedProvider, synthesizer: Synthesizer) {
  const isWord = createWordTest(spelling)
  let count = 0

  function nameOf(name: string, list: AllowedFields): string {
    const isListed = kindsOf(list).has(name) || hasOwn(list.within, name) || hasOwn(spelling.accounts, name)
    return isListed ? name : synthesizer.name(name)
  }

  /** Reads the members of an object or the items of an array by a list. */
  function members(value: unknown, list: AllowedFields, depth = 0): unknown {
    if (depth > DEEPEST) return null
    if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => members(item, list, depth + 1))
    if (typeof value !== 'object' || value === null) return leaf(value, '', list, depth)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [nameOf(name, list), one(member, name, list, depth)]),
    )
  }

  function one(value: unknown, name: string, list: AllowedFields, depth: number): unknown {
    if (Array.isArray(value) && depth <= DEEPEST)
      return value.slice(0, MOST_ITEMS).map((item) => one(item, name, list, depth + 1))
    if (typeof value !== 'object' || value === null) return leaf(value, name, list, depth)
    const own = hasOwn(list.within, name) ? list.within?.[name] : undefined
    const isOpen = kindsOf(list).get(name)?.has('objects')
    return members(value, own ?? (isOpen ? list : nothing), depth + 1)
  }

  function leaf(value: unknown, name: string, list: AllowedFields, depth: number): unknown {
    const account = hasOwn(spelling.accounts, name) ? spelling.accounts?.[name] : undefined
    if (list !== nothing && account !== undefined) return secrets[account]
    const kinds = kindsOf(list).get(name) ?? new Set<Kind>()
    if (value === null || value === undefined) return null
    if (typeof value === 'boolean') return kinds.has('flags') && value
    if (typeof value === 'number') return isKeptNumber(value, kinds) ? value : synthesizer.number(value)
    return text(String(value), kinds, list, depth)
  }

  function text(value: string, kinds: ReadonlySet<Kind>, list: AllowedFields, depth: number): string {
    if (value === '' || plainKinds.some((kind) => kinds.has(kind) && forms[kind].test(value))) return value
    if (kinds.has('words')) return word(value)
    if (kinds.has('ids')) return synthesizer.id(value, spelling)
    if (kinds.has('urls') && URL.canParse(value)) return url(new URL(value), list)
    if (kinds.has('searches')) return search(value)
    const inner = parse(value)
    if (inner !== undefined)
      return JSON.stringify(members(inner, kinds.has('json') ? list : nothing, depth + 1))
    return synthesizer.text(value, spelling)
  }

  function word(value: string): string {
    if (isWord(value)) return value
    count++
    return REDACTED_WORD
  }

  /** Links lead to other objects of the same provider: their ids are those of the bodies. */
  function url({ pathname, searchParams }: URL, list: AllowedFields): string {
    const path = pathname
      .split('/')
      .map((part) =>
        part === '' || /^v\d$/.test(part) || spelling.paths.includes(part)
          ? part
          : synthesizer.id(part, spelling),
      )
      .join('/')
    const query = [...searchParams].map(([name, value]) => [
      nameOf(name, list),
      String(leaf(value, name, list, 0)),
    ])
    return `https://redacted.example${path}${query.length === 0 ? '' : `?${new URLSearchParams(query)}`}`
  }

  function search(value: string): string {
    const [, name = '', wanted] = /^metadata\['(\w+)'\]:'([^']*)'$/.exec(value) ?? []
    if (wanted === undefined) return synthesizer.text(value, spelling)
    const field = spelling.paths.includes(name) ? name : synthesizer.name(name)
    return `metadata['${field}']:'${synthesizer.id(wanted, spelling)}'`
  }

  return { members, nameOf, redactedWords: () => count }
}

/**
 * Returns a test for words of a provider. A new word is kept as well, where its parts are documented or inflected
 * (`payment_intent.teleported`): a name, a token and a secret are neither.
 */
function createWordTest({ vocabulary, word }: Spelling): (value: string) => boolean {
  const words = new Set(vocabulary)
  const parts = new Set(vocabulary.flatMap((one) => one.toLowerCase().split(/[_. ]/)))
  const isPart = (part: string) =>
    parts.has(part) || part.length === 1 || (part.length <= LONGEST_PART && /(?:ed|ing|ion)$/.test(part))
  return (value) => words.has(value) || (word.test(value) && value.toLowerCase().split(/[_. ]/).every(isPart))
}

function isKeptNumber(value: number, kinds: ReadonlySet<Kind>): boolean {
  if (kinds.has('amounts') && Math.abs(value) < LARGEST_AMOUNT) return true
  if (kinds.has('counts') && Number.isInteger(value) && value >= 0 && value < 1e6) return true
  return kinds.has('times') && value >= EARLIEST_IN_SECONDS && value <= LATEST_IN_SECONDS
}

/** List of an object that is on no list. */
const nothing: AllowedFields = {}

const known = new WeakMap<AllowedFields, ReadonlyMap<string, ReadonlySet<Kind>>>()

/** Returns the kinds of each listed name. */
function kindsOf(list: AllowedFields): ReadonlyMap<string, ReadonlySet<Kind>> {
  const found = known.get(list)
  if (found) return found
  const kinds = new Map<string, Set<Kind>>()
  for (const [kind, names] of Object.entries(list)) {
    if (kind === 'within') continue
    for (const name of names as readonly string[])
      kinds.set(name, (kinds.get(name) ?? new Set<Kind>()).add(kind as Kind))
  }
  known.set(list, kinds)
  return kinds
}

function hasOwn(record: Readonly<Record<string, unknown>> | undefined, name: string): boolean {
  return record !== undefined && Object.hasOwn(record, name)
}

function parse(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}
