/** Milliseconds since 1970. `NaN` for none: it is neither before nor after anything. */
export function toTime(instant: string | undefined): number {
  return instant === undefined ? Number.NaN : Date.parse(instant)
}
