import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startService } from './service.ts'

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/tracker-service/${name}`, import.meta.url), 'utf8')

it('every metric of the alerts and the dashboard is one that the service states', async () => {
  const token = 'made-up-token-for-tests'
  const service = await startService(['--simulate', '--orders', '3', '--pace', '0'], {
    env: { PAYMENT_STATUS_TOKEN: token },
  })
  const metrics = await (
    await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  ).text()
  const stated = new Set([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
  for (const file of ['alerts.yaml', 'grafana.json']) {
    const used = [...read(file).matchAll(/payment_status_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''))
    expect(used.length).toBeGreaterThan(9)
    expect([file, used.filter((name) => !stated.has(name))]).toEqual([file, []])
  }
  await service.stop()
})

it('the container runs as a user, and compose takes every right it does not need', () => {
  expect(read('Dockerfile')).toMatch(/^USER node$/m)
  const compose = read('compose.yaml')
  for (const line of ['read_only: true', 'cap_drop: [ALL]', 'no-new-privileges:true', '127.0.0.1:4020:4020'])
    expect(compose).toContain(line)
  expect(compose).not.toMatch(/DATABASE_URL: postgres:\/\/postgres:/)
})
