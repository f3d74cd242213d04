import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { enter, layOut, run } from '../tools/new-provider.ts'
import { providers } from '../tools/providers.ts'
import { read, root } from './samples.ts'

describe('the skeleton of a provider', () => {
  const files = layOut('acme-pay', 'Acme Pay')

  it('has the files that every provider has', () => {
    const isEverywhere = (room: string) =>
      providers.every(({ name }) => existsSync(`${root}/packages/${name}/src/${room}`))
    const rooms = readdirSync(`${root}/packages/${providers[0]?.name}/src`).filter(isEverywhere)
    const wanted = rooms.filter((room) => room.endsWith('.ts')).map((room) => `packages/acme-pay/src/${room}`)
    expect(wanted.length).toBeGreaterThan(10)
    expect(Object.keys(files)).toEqual(expect.arrayContaining(wanted))
  })

  it('has the exports of an existing provider, and none of its names', () => {
    const manifest = JSON.parse(files['packages/acme-pay/package.json'] ?? '')
    expect(Object.keys(manifest.exports)).toEqual([
      '.',
      './environment',
      './explain',
      './fixtures',
      './package.json',
    ])
    expect(Object.values(files).join('\n')).not.toMatch(/stripe/i)
    expect(files['packages/acme-pay/test/contract.test.ts']).toContain('createAcmePay(config)')
  })

  it('is a provider that works, under its own names', () => {
    const own = layOut('north-pay', 'North Pay')
    const sources = Object.entries(own).filter(([path]) => path.endsWith('.ts'))
    expect(sources.map(([, text]) => text).join('\n')).not.toMatch(
      /acme-pay|acmePay|AcmePay|ACME_PAY|Acme Pay/,
    )
    expect(own['packages/north-pay/src/fixtures/index.ts']).toContain("from '@payment-status/north-pay'")
    expect(own['packages/north-pay/test/contract.test.ts']).toContain("'@payment-status/north-pay/fixtures'")
    // A relative import stays inside of `src`, and no file is empty.
    expect(
      sources.filter(([, text]) => /from '(\.\.\/){2}src/.test(text) || text.includes('export {}')),
    ).toEqual([])
    expect(own['packages/north-pay/src/environment.ts']).toContain("'NORTH_PAY_API_KEY'")
  })

  it.each([
    ['aaa-pay', 'aaaPay', 'adyen'],
    ['north-pay', 'northPay', 'onerway'],
  ])('enters %s in the list, in the order of the names', (name, camel, next) => {
    const entered = enter(name, name)
    const [known = '', simulated = ''] = ['providers', 'simulations'].map(
      (list) => entered[`packages/cli/src/${list}.ts`],
    )
    expect(known).toContain(`  [${camel}Environment, ${camel}Explanation] as const,\n  [${next}Environment,`)
    expect(simulated.indexOf(`name: '${name}'`)).toBeLessThan(simulated.indexOf(`name: '${next}'`))
    expect(simulated).toContain(`${camel}Fixtures, ${camel}Recording, ${camel}Simulation }`)
    expect(JSON.parse(entered['packages/cli/package.json'] ?? '').dependencies).toHaveProperty(
      `@payment-status/${name}`,
    )
  })

  it('enters the last of the names behind the others', () => {
    const entered = enter('zzz-pay', 'Zzz Pay')
    expect(entered['packages/cli/src/providers.ts']).toMatch(/zzzPayExplanation\] as const,\n\]\.map/)
    expect(entered['packages/cli/src/simulations.ts']).toMatch(/createZzzPay\(\{[\s\S]*?\n {2}\},\n\]\n/)
  })

  it('keeps the capitals of a title of one word', () => {
    const contract = layOut('paypay', 'PayPay')['packages/paypay/test/contract.test.ts']
    expect(contract).toContain('createPayPay(config)')
    expect(contract).toContain('paypayFixtures')
  })

  it('has a page with the headings of every provider', () => {
    const headings = (page: string) => [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    const page = files['docs/providers/acme-pay.md'] ?? ''
    expect(headings(page)).toEqual(headings(read('docs/providers/airwallex.md')))
  })

  it.each([[[]], [['Acme Pay']], [['../acme']], [['stripe']]])('is not laid for %j', (args) => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(run(args)).toBe(2)
    expect(complain).toHaveBeenCalledOnce()
    complain.mockRestore()
  })
})
