import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Limits of a provider's package, from its own `size-limit.json`. */
const providers = readdirSync('packages').filter((name) => existsSync(`packages/${name}/size-limit.json`))
const gzip = { gzip: true }

const limits = providers.flatMap((name) => {
  const limit = JSON.parse(readFileSync(`packages/${name}/size-limit.json`, 'utf8'))
  const path = `packages/${name}/dist/index.js`
  return [
    {
      name: `toPaymentStatus, ${name}`,
      path,
      import: '{ toPaymentStatus }',
      limit: limit.toPaymentStatus,
      ...gzip,
    },
    {
      name: `${name} at once, before the first lookup and the first signature`,
      path,
      import: '*',
      ignore: ['../client-*', '#crypto'],
      limit: limit['at once'],
      ...gzip,
    },
    { name: `${name} whole`, path, import: '*', limit: limit.whole, ...gzip },
  ]
})

export default [
  ...limits,
  {
    name: 'the facade',
    path: 'packages/payment-status/dist/index.js',
    import: '*',
    limit: '19.4 kB',
    ...gzip,
  },
]
