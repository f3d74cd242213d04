import { createHash } from 'node:crypto'

/**
 * Adds a strict policy to a page: scripts of the site, inline scripts by their hashes, and no connections. Text that is
 * pasted into the playground cannot be sent.
 */
export function toContentSecurityPolicy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)].map(
    ([, code = '']) => code,
  )
  const hashes = [...new Set(inline)].map(
    (code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  )
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`.trim(),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return html.replace(
    /<head>/,
    `<head>\n<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="referrer" content="no-referrer">`,
  )
}

/** Removes the style attributes that the theme renders. In a browser it sets them by script, which the policy allows. */
export function withoutStyleAttributes(html: string): string {
  return html.replaceAll(/<[a-z][^<>]*?\sstyle="[^"]*"[^<>]*>/g, (tag) =>
    tag.replaceAll(/\sstyle="[^"]*"/g, ''),
  )
}
