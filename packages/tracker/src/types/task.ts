export const taskKinds = [
  'receipt',
  'contact_support',
  'investigate',
  'undecided',
  'difference',
  'unmatched',
  'unreadable',
] as const
/**
 * `receipt`: fetch the receipt of the payment · `contact_support`: contact the provider's support · `investigate`: look at
 * the payment · `undecided`: the provider has not decided in time · `difference`: the provider's list and the recorded state
 * do not agree · `unmatched`: money that belongs to no tracked order · `unreadable`: a webhook that could not be read or stored.
 */
export type TaskKind = (typeof taskKinds)[number]

/** Work for a person. */
export interface Task {
  readonly key: string
  readonly kind: TaskKind
  /** Absent for what belongs to no watched order. */
  readonly order?: string
  readonly payment?: { readonly provider: string; readonly id: string }
  /** Safe to log. */
  readonly why?: string
  readonly openedAt: string
  readonly closedAt?: string
}
