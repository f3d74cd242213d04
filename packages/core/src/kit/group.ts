interface Group<Item> {
  items: Item[]
  mergedInto?: Group<Item>
}

/**
 * Joins items that share a key, directly or through others. Each function gives an item's keys of one kind; keys of two
 * kinds never meet. Groups come in the order their first item came.
 */
export function groupLinked<Item>(
  items: Iterable<Item>,
  kinds: ReadonlyArray<(item: Item) => ReadonlyArray<string | undefined>>,
): Item[][] {
  const indexes = kinds.map((keysOf) => ({ keysOf, groups: new Map<string, Group<Item>>() }))
  const all = new Set<Group<Item>>()
  for (const item of items) {
    let own: Group<Item> | undefined
    for (const { keysOf, groups } of indexes) {
      for (const key of keysOf(item)) {
        const found = key === undefined ? undefined : groups.get(key)
        const group = found && currentOf(found)
        if (group && group !== own) own = own ? merge(own, group, all) : group
      }
    }
    own ??= { items: [] }
    all.add(own)
    own.items.push(item)
    for (const { keysOf, groups } of indexes) {
      for (const key of keysOf(item)) if (key !== undefined) groups.set(key, own)
    }
  }
  return Array.from(all, (group) => group.items)
}

function currentOf<Item>(group: Group<Item>): Group<Item> {
  let current = group
  while (current.mergedInto) current = current.mergedInto
  return current
}

/** The smaller one moves into the larger, so that no item moves often. */
function merge<Item>(left: Group<Item>, right: Group<Item>, all: Set<Group<Item>>): Group<Item> {
  const [into, from] = left.items.length >= right.items.length ? [left, right] : [right, left]
  for (const item of from.items) into.items.push(item)
  from.items = []
  from.mergedInto = into
  all.delete(from)
  return into
}
