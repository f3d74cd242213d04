import type { Context } from 'hono'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 422 | 429 | 502 | 503

/** Answers a request with an error in the form of the document's `Error`. */
export function refuse(c: Context, status: RefusalStatus, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status)
}
