import { inputError } from './errors.ts'

/** `'name: value'` each, as HTTP writes them. Throws `invalid_input`; the value is not repeated. */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = /^([\w-]+):\s*(.*)$/s.exec(line) ?? []
    if (name === undefined) throw inputError("--header is of the form 'name: value'")
    headers[name.toLowerCase()] = value.trim()
  }
  return headers
}
