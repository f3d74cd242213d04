import { inputError } from './errors.ts'

/** Reads headers as HTTP writes them: `name: value`. Throws `invalid_input` without repeating the value. */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = /^([\w-]+):\s*(.*)$/s.exec(line) ?? []
    if (name === undefined) throw inputError("--header must be of the form 'name: value'")
    headers[name.toLowerCase()] = value.trim()
  }
  return headers
}
