// `next start` on a free port, and webhooks sent to a route of each router over HTTP.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { signedDelivery } from './endpoint.mjs'

const HEARD = 'heard.txt'
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
const server = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], {
  env: { ...process.env, HEARD },
  stdio: ['ignore', 'pipe', 'inherit'],
})

let origin
for await (const line of createInterface(server.stdout)) {
  origin ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
  if (/Ready/.test(line)) break
}

const problems = []
for (const path of ['/webhooks/stripe', '/api/webhooks/stripe']) {
  rmSync(HEARD, { force: true })
  const { body, headers } = await signedDelivery()
  const send = async (text) =>
    (await fetch(`${origin}${path}`, { method: 'POST', headers, body: text })).status
  // Signed, the same once more, forged.
  const statuses = [await send(body), await send(body), await send(`${body} `)]
  const heard = existsSync(HEARD) ? readFileSync(HEARD, 'utf8').trim().split('\n').length : 0
  if (statuses.join() !== '200,200,401' || heard !== 1)
    problems.push(`${path} answered ${statuses}, received ${heard}`)
}
server.kill()
for (const problem of problems) console.log(problem)
console.log(`${2 - problems.length} passed, ${problems.length} failed`)
process.exit(problems.length)
