/** Amount in minor units by ISO 4217 (a safe integer), and an upper-case currency code. */
export interface Money {
  readonly amount: number
  readonly currency: string
}

/**
 * ISO 4217's minor units, list of 2026 with the codes withdrawn since 2020 (old payments keep them).
 * `Intl` is not used: it knows CLDR's digits, which differ (IQD, AFN, LAK and others).
 * Funds, metals and test codes have no minor unit there and are not payable.
 */
const currenciesByDigits: ReadonlyArray<readonly [digits: number, codes: string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD ' +
      'CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL ' +
      'GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR ' +
      'LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB ' +
      'PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP ' +
      'SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

let digitsByCurrency: ReadonlyMap<string, number> | undefined

/** Returns the decimal digits of a currency's minor unit by ISO 4217. `undefined` for an unknown or lower-case code. */
export function currencyDigits(currency: string): number | undefined {
  digitsByCurrency ??= new Map(
    currenciesByDigits.flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, digits] as const)),
  )
  return digitsByCurrency.get(currency)
}
