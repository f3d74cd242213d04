import { idPattern, type PayPalRelated } from './schema.ts'

const pathPattern = /\/v2\/(?:checkout\/orders|payments\/(?:captures|authorizations))\/([A-Z0-9]{1,36})$/

/**
 * Returns an id that a lookup finds the order by: the order's, else that of the object which `links[rel=up]` names, else the
 * object's own. A link is read and never followed.
 */
export function toRelatedId({ id, order_id, supplementary_data, links }: PayPalRelated): string | undefined {
  const stated = supplementary_data?.related_ids?.order_id ?? order_id
  if (stated) return stated
  const [, above] = pathPattern.exec(links?.find(({ rel }) => rel === 'up')?.href ?? '') ?? []
  return above ?? (id !== undefined && idPattern.test(id) ? id : undefined)
}

/** Returns whether an object states its order's id, so that no request is needed to find it. */
export function isOrderNamed({ order_id, supplementary_data }: PayPalRelated): boolean {
  return (supplementary_data?.related_ids?.order_id ?? order_id) !== undefined
}
