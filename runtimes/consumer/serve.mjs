// The servers of Deno and Bun take the handler as it is.
import { check, webhooks } from './endpoint.mjs'

const { Deno, Bun, process } = globalThis
const server = Deno
  ? Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, webhooks)
  : Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: webhooks })
const { port } = Deno ? server.addr : server
await check(`http://127.0.0.1:${port}`)
console.log('1 passed, 0 failed')
process.exit(0)
