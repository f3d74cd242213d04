import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { layOut, run } from '../tools/new-provider.ts'
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
