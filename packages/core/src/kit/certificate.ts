import { fromBase64 } from './base64.ts'

/** The parts of an X.509 certificate that a signature is verified with. */
export interface Certificate {
  /** SubjectPublicKeyInfo, as `crypto.subtle.importKey('spki', …)` takes it. */
  readonly spki: Uint8Array<ArrayBuffer>
  /** Milliseconds since 1970. */
  readonly notBefore: number
  /** Milliseconds since 1970. */
  readonly notAfter: number
}

const SEQUENCE = 0x30
const VERSION = 0xa0
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

/**
 * Reads the first certificate of a PEM text: its key and its dates. Returns `undefined` where it is not a certificate.
 * Neither names nor the issuer's signature are checked, because the platform cannot build a chain: the caller must trust
 * where the text came from.
 */
export function readCertificate(pem: string): Certificate | undefined {
  const [, base64] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem) ?? []
  const der = base64 === undefined ? undefined : fromBase64(base64.replace(/\s+/g, ''))
  if (der === undefined) return undefined
  // Certificate → tbsCertificate → [0] version, serial number, algorithm, issuer, validity, subject, public key.
  const [certificate] = readElements(der)
  const [tbs] = certificate?.tag === SEQUENCE ? readElements(certificate.content) : []
  const members = tbs?.tag === SEQUENCE ? readElements(tbs.content) : []
  const [, , , validity, , key] = members[0]?.tag === VERSION ? members.slice(1) : members
  if (validity?.tag !== SEQUENCE || key?.tag !== SEQUENCE) return undefined
  const [notBefore, notAfter] = readElements(validity.content).map(toTime)
  if (notBefore === undefined || notAfter === undefined) return undefined
  return { spki: key.whole, notBefore, notAfter }
}

/** An element of DER: its tag, its content, and both with the length between them. */
interface Element {
  readonly tag: number
  readonly content: Uint8Array<ArrayBuffer>
  readonly whole: Uint8Array<ArrayBuffer>
}

/** Reads the elements that stand one after the other. Ends at the first that is cut short. */
function readElements(der: Uint8Array<ArrayBuffer>): Element[] {
  const elements: Element[] = []
  for (let start = 0; start + 1 < der.length; ) {
    const short = der[start + 1] ?? 0
    const lengthBytes = short < 0x80 ? 0 : short - 0x80
    if (lengthBytes > 4) break
    const begin = start + 2 + lengthBytes
    const length =
      lengthBytes === 0 ? short : der.slice(start + 2, begin).reduce((sum, byte) => sum * 256 + byte, 0)
    const end = begin + length
    if (end > der.length) break
    elements.push({ tag: der[start] ?? 0, content: der.slice(begin, end), whole: der.slice(start, end) })
    start = end
  }
  return elements
}

/** `200101000000Z` until 2049, `20500101000000Z` from then on. */
function toTime({ tag, content }: Element): number | undefined {
  const text = String.fromCharCode(...content)
  const digits = tag === UTC_TIME ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  if ((tag !== UTC_TIME && tag !== GENERALIZED_TIME) || !/^\d{14}Z$/.test(digits)) return undefined
  const time = Date.parse(digits.replace(/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6'))
  return Number.isNaN(time) ? undefined : time
}
