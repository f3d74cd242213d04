/**
 * Joins items that share a key, directly or through others. Each function returns an item's keys of one kind; keys of
 * different kinds never match. Groups are yielded in the order of their first item, and their items in their own order. A
 * million items need only a few numbers each in addition.
 */
export function* groupLinked<Item>(
  items: readonly Item[],
  kinds: ReadonlyArray<(item: Item) => ReadonlyArray<string | undefined>>,
): Generator<Item[], void, undefined> {
  const parents = joinLinked(items, kinds)
  // Each group as a chain through `next`, from its first item to its last.
  const next = new Int32Array(items.length).fill(-1)
  const last = Int32Array.from(parents.keys())
  for (const index of items.keys()) {
    const root = findRoot(parents, index)
    if (root === index) continue
    next[last[root] as number] = index
    last[root] = index
  }
  for (const index of items.keys()) {
    if (parents[index] !== index) continue
    const group: Item[] = []
    for (let member = index; member !== -1; member = next[member] as number) group.push(items[member] as Item)
    yield group
  }
}

/** Union-find: each item's parent is an earlier item of its group, or itself for the first one. */
function joinLinked<Item>(
  items: readonly Item[],
  kinds: ReadonlyArray<(item: Item) => ReadonlyArray<string | undefined>>,
): Int32Array {
  const parents = Int32Array.from(items.keys())
  for (const keysOf of kinds) {
    const holders = new Map<string, number>()
    for (const [index, item] of items.entries()) {
      for (const key of keysOf(item)) {
        if (key === undefined) continue
        const holder = holders.get(key)
        if (holder === undefined) holders.set(key, index)
        else unite(parents, holder, index)
      }
    }
  }
  return parents
}

function unite(parents: Int32Array, left: number, right: number): void {
  const a = findRoot(parents, left)
  const b = findRoot(parents, right)
  if (a < b) parents[b] = a
  else parents[a] = b
}

function findRoot(parents: Int32Array, index: number): number {
  let root = index
  while (parents[root] !== root) {
    const above = parents[parents[root] as number] as number
    parents[root] = above // half the way next time
    root = above
  }
  return root
}
