import type { ProviderOptions } from '@payment-status/core'
import { inputError, toSecrets } from '@payment-status/core/kit'

/**
 * Returns the endpoint's signing secrets without surrounding white space. Throws `invalid_input` for one that Stripe never
 * gave an endpoint, such as an API key: with it every webhook would fail to verify.
 */
export function toWebhookSecrets(
  secrets: ProviderOptions['webhookSecrets'],
  provider: string,
): readonly string[] {
  const trimmed = toSecrets(secrets, provider).map((secret) => secret.trim())
  for (const secret of trimmed) {
    if (secret === '' || /^whsec_\S+$/.test(secret)) continue
    const given = /^[sr]k_/.test(secret) ? ', and not an API key (sk_… or rk_…)' : ''
    throw inputError(
      provider,
      `webhookSecrets must be the endpoint's signing secret (whsec_…)${given}. Copy it from the endpoint's page in the Dashboard, or from stripe listen`,
    )
  }
  return trimmed.filter((secret) => secret !== '')
}
