import { createHash } from 'node:crypto'

/**
 * Puts a strict policy into a page: scripts of the site alone, the few that stand in the page by their hashes, and no
 * connection to anywhere. So what is pasted into the playground cannot be sent.
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

/** The theme's own components are rendered with some; in a browser it sets them by script, which the policy allows. */
export function withoutStyleAttributes(html: string): string {
  return html.replaceAll(/<[a-z][^<>]*?\sstyle="[^"]*"[^<>]*>/g, (tag) =>
    tag.replaceAll(/\sstyle="[^"]*"/g, ''),
  )
}
