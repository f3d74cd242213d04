import { createAdyen } from '@payment-status/adyen'
import { adyenAccount, adyenFixtures } from '@payment-status/adyen/fixtures'
import { testProviderContract } from '@payment-status/testing'
import { describe, expect, it } from 'vitest'

interface Signed {
  readonly notificationItems: readonly {
    readonly NotificationRequestItem: Readonly<Record<string, unknown>> & {
      readonly amount?: Readonly<Record<string, unknown>>
      readonly additionalData?: Readonly<Record<string, unknown>>
    }
  }[]
}

testProviderContract(
  { describe, it, expect },
  {
    fixtures: adyenFixtures,
    create: (config) => createAdyen({ ...adyenAccount, ...config }),
    unknownId: 'SNOPAYMENTHASTHIS',
    newWord: 'Teleported',
    // Eight values of each item, and the signature itself.
    signedPart: ({ rawBody }) => {
      const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
      const { notificationItems } = JSON.parse(text) as Signed
      return JSON.stringify(
        notificationItems.map(({ NotificationRequestItem: item }) => [
          item.pspReference,
          item.originalReference,
          item.merchantAccountCode,
          item.merchantReference,
          item.amount?.value,
          item.amount?.currency,
          item.eventCode,
          item.success,
          item.additionalData?.hmacSignature,
        ]),
      )
    },
    withoutSignature: ({ rawBody, ...rest }) => {
      const { notificationItems, ...body } = JSON.parse(String(rawBody)) as Signed
      const unsigned = notificationItems.map(
        ({ NotificationRequestItem: { additionalData: _, ...item } }) => ({
          NotificationRequestItem: item,
        }),
      )
      return { ...rest, rawBody: JSON.stringify({ ...body, notificationItems: unsigned }) }
    },
  },
)
