import type { RequestOptions } from '@payment-status/core'
import {
  importRsaPublicKey,
  isPaymentError,
  type RsaPublicKey,
  readCertificate,
  signatureError,
  untilAborted,
} from '@payment-status/core/kit'
import { certificateHostOf, type PayPalAccess, type PayPalApi } from './api.ts'

/** Keys by the URL that a webhook names. */
export interface Certificates {
  /**
   * Returns the key of the certificate that a webhook's `PAYPAL-CERT-URL` names. Throws `invalid_signature` for a URL of
   * another host or form, and for a certificate that is missing, unreadable or not valid now; a failure that passes is
   * thrown as it is, so that PayPal delivers again.
   */
  keyOf(url: string, options: RequestOptions | undefined): Promise<RsaPublicKey>
}

interface CertificateSettings extends Pick<PayPalAccess, 'environment'> {
  readonly provider: string
  readonly api: Pick<PayPalApi, 'getCertificate'>
  readonly clock?: (() => number) | undefined
}

interface KeptKey {
  readonly key: RsaPublicKey
  readonly notBefore: number
  readonly notAfter: number
}

/** PayPal uses one certificate for months. */
const MAX_KEPT = 10
const PATH = '/v1/notifications/certs/'

/**
 * Creates a keeper of PayPal's certificates. A sender that could choose the certificate could sign, so its URL is compared
 * as text: https, the environment's certificate host and the path of certificates, with nothing before, between or after
 * them. Callers that need a certificate at the same time share one request.
 */
export function createCertificates(settings: CertificateSettings): Certificates {
  const { provider, api, environment, clock = Date.now } = settings
  const prefix = `https://${certificateHostOf(environment)}${PATH}`
  const kept = new Map<string, Promise<KeptKey>>()

  async function request(name: string): Promise<KeptKey> {
    const certificate = readCertificate(await api.getCertificate(PATH + name))
    if (!certificate) throw signatureError(provider, 'the certificate of PAYPAL-CERT-URL cannot be read')
    const key = await importRsaPublicKey(certificate.spki)
    return { key, notBefore: certificate.notBefore, notAfter: certificate.notAfter }
  }

  /** Keeps what was read, and forgets what failed. */
  function keep(name: string): Promise<KeptKey> {
    const known = kept.get(name)
    if (known) return known
    const pending = request(name)
    pending.catch(() => kept.delete(name))
    kept.set(name, pending)
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return pending
  }

  return {
    async keyOf(url, options = {}) {
      const name = url.startsWith(prefix) ? url.slice(prefix.length) : ''
      if (!/^CERT-[\w-]{1,100}$/.test(name)) {
        throw signatureError(provider, `PAYPAL-CERT-URL must be a certificate of ${new URL(prefix).host}`)
      }
      const { key, notBefore, notAfter } = await untilAborted(keep(name), options.signal).catch((error) => {
        options.signal?.throwIfAborted()
        if (isPaymentError(error) && (error.retryable || error.code === 'invalid_signature')) throw error
        throw signatureError(provider, 'the certificate of PAYPAL-CERT-URL cannot be read')
      })
      const now = clock()
      if (notBefore <= now && now <= notAfter) return key
      kept.delete(name) // PayPal may have renewed it
      throw signatureError(provider, 'the certificate of PAYPAL-CERT-URL is not valid at this time')
    },
  }
}
