import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  completeManifest,
  expectedFiles,
  packageFolders,
  readManifest,
  rootManifest,
} from '../scripts/manifests.ts'

const workflows = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`)

describe('what is published', () => {
  it.each(packageFolders)('has, in %s, everything a registry asks for', (folder) => {
    const { name, version, description, keywords, bin } = readManifest(folder)
    expect(name).toMatch(/^(@payment-status\/[a-z-]+|payment-status)$/)
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(description?.length).toBeGreaterThan(30)
    expect(keywords?.length).toBeGreaterThan(3)
    for (const path of ['README.md', 'LICENSE', 'CHANGELOG.md'])
      expect(existsSync(`${folder}/${path}`)).toBe(true)
    for (const command of Object.keys(bin ?? {})) expect(command).toMatch(/^payment-status/)
  })

  it.each(packageFolders)(
    'says, in %s, what the root says of address, licence, engines and ranges',
    (folder) => {
      // `npx -y pnpm@12 manifests` mends this.
      expect(readManifest(folder)).toEqual(completeManifest(folder))
    },
  )

  it('is laid out as `pnpm manifests` writes it', () => {
    const stale = expectedFiles().filter(({ path, content }) => readFileSync(path, 'utf8') !== content)
    expect(stale.map(({ path }) => path)).toEqual([])
  })

  it('has one version, and one range for what several packages need', () => {
    const manifests = packageFolders.map(readManifest)
    expect(new Set(manifests.map(({ version }) => version)).size).toBe(1)
    const ranges = new Map<string, Set<string>>()
    for (const { dependencies } of manifests) {
      for (const [name, range] of Object.entries(dependencies ?? {}))
        ranges.set(name, (ranges.get(name) ?? new Set()).add(range))
    }
    expect([...ranges].filter(([, said]) => said.size > 1)).toEqual([])
  })

  it('says its address in one place', () => {
    const { host } = new URL(rootManifest.homepage)
    expect(rootManifest.repository.url).toBe(`git+${rootManifest.homepage}.git`)
    expect(rootManifest.bugs.url).toBe(`${rootManifest.homepage}/issues`)
    for (const page of ['README.md', ...packageFolders.map((folder) => `${folder}/README.md`)])
      expect([page, readFileSync(page, 'utf8').includes(host)]).toEqual([page, false])
  })

  it.each(workflows)('pins each action of %s by its commit', (path) => {
    const used = [...readFileSync(path, 'utf8').matchAll(/uses: (.+)/g)].map(([, action = '']) => action)
    expect(used.length).toBeGreaterThan(0)
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('lets pnpm judge engines by the Node that scripts run on', () => {
    const [, told] = /^nodeVersion: (\S+)$/m.exec(readFileSync('pnpm-workspace.yaml', 'utf8')) ?? []
    const { version } = JSON.parse(readFileSync('node_modules/node/package.json', 'utf8')) as {
      version: string
    }
    expect(told).toBe(version)
  })
})
