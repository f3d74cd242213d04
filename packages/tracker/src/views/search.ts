/** Matches of one column that are considered: a search for one letter must not read a whole table. */
const MATCHES = 100

/** A character after every other: with it, all texts that begin with a prefix lie between two texts. */
const LAST = '\u{10ffff}'

/**
 * Returns a condition on orders `o` whose id, or whose payment's id or reference, begins with a text. `text` and `after` are
 * the placeholders of the bounds. The operators compare bytes, as the indexes with `text_pattern_ops` do.
 */
export function whereBeginsWith(schema: string, text: string, after: string): string {
  const matches = (id: string, table: string, column: string) =>
    `(select ${id} from ${schema}.${table}
      where ${column} ~>=~ ${text}::text and ${column} ~<~ ${after}::text and ${id} is not null limit ${MATCHES})`
  return `o.id in (${[
    matches('id', 'orders', 'id'),
    matches('order_id', 'targets', 'value'),
    matches('order_id', 'payments', 'id'),
    matches('order_id', 'payments', 'reference'),
  ].join(' union ')})`
}

export function boundsOf(prefix: string): readonly [from: string, after: string] {
  return [prefix, `${prefix}${LAST}`]
}
