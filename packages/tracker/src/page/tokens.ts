import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const LIFETIME_IN_MILLISECONDS = 12 * 60 * 60_000

/** Makes and checks the tokens of forms, so that a page of another site cannot send them (CSRF). */
export interface FormTokens {
  /** Returns a token for one form. It is valid for 12 hours. */
  create(form: string): string
  isValid(form: string, token: string): boolean
}

/** Returns the tokens of a secret. A token made by one process is valid in every process that has the same secret. */
export function createFormTokens(secret: string = randomBytes(32).toString('hex')): FormTokens {
  const sign = (form: string, expires: number) =>
    createHmac('sha256', secret).update(`${expires} ${form}`).digest('base64url')
  return {
    create(form) {
      const expires = Date.now() + LIFETIME_IN_MILLISECONDS
      return `${expires}.${sign(form, expires)}`
    },
    isValid(form, token) {
      const [expires = '', signature = ''] = token.split('.')
      if (!/^\d{1,15}$/.test(expires) || Number(expires) < Date.now()) return false
      const expected = Buffer.from(sign(form, Number(expires)))
      const actual = Buffer.from(signature)
      return actual.length === expected.length && timingSafeEqual(actual, expected)
    },
  }
}
