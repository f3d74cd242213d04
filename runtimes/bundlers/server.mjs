// A server in one file: bundled, it takes a signed webhook and refuses a forged one over HTTP.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { toNodeHandler } from '@payment-status/node'
import { check, webhooks } from './endpoint.mjs'

const server = createServer(toNodeHandler(webhooks)).listen(0, '127.0.0.1')
await once(server, 'listening')
await check(`http://127.0.0.1:${server.address().port}`)
server.close()
console.log('1 passed, 0 failed')
