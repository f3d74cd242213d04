import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('explain runs where there is no Node: the playground of the site uses this very code', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { explain } from '@payment-status/cli/explain'`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'playground',
    platform: 'browser',
    conditions: ['@payment-status/source'],
  })
  const inputs = Object.values(metafile.inputs).flatMap(({ imports }) => imports)
  expect(inputs.filter(({ path, external }) => external || path.startsWith('node:'))).toEqual([])
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('/fixtures/'))).toEqual([])
  // What a page has, and nothing else.
  const { crypto, TextEncoder, TextDecoder, URL, URLSearchParams, Request, Response, Headers } = globalThis
  const { AbortController, AbortSignal, setTimeout, clearTimeout } = globalThis
  const web = { crypto, TextEncoder, TextDecoder, URL, URLSearchParams, Request, Response, Headers }
  const page = createContext({ ...web, AbortController, AbortSignal, setTimeout, clearTimeout, Uint8Array })
  runInContext(outputFiles[0]?.text ?? '', page)
  const explainThere = (text: string): Promise<string> =>
    runInContext(`playground.explain(${JSON.stringify(text)}).then((found) => JSON.stringify(found))`, page)
  expect(JSON.parse(await explainThere('?cko-payment-id=pay_mbabizu24mvu3mela5njyhpit4'))).toMatchObject({
    provider: 'checkout-com',
  })
  const event = { id: 'evt_1', object: 'event', type: 'customer.created', created: 1, data: { object: {} } }
  expect(JSON.parse(await explainThere(JSON.stringify(event)))).toMatchObject({
    provider: 'stripe',
    signature: 'not_checked',
  })
})
