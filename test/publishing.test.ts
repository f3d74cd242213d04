import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { packageFolders, readManifest } from '../tools/packages.ts'

const workflows = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`)
const root = readManifest('.')

describe('the published packages', () => {
  it.each(packageFolders)('%s has what a registry page shows', (folder) => {
    const { name, version, description, keywords, bin } = readManifest(folder)
    expect(name).toMatch(/^(@payment-status\/[a-z-]+|payment-status)$/)
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(description?.length).toBeGreaterThan(30)
    expect(keywords).toEqual(expect.arrayContaining(['payments', 'payment-status']))
    for (const command of Object.keys(bin ?? {})) expect(command).toMatch(/^payment-status/)
    for (const path of ['README.md', 'CHANGELOG.md']) expect(existsSync(`${folder}/${path}`)).toBe(true)
    expect(readFileSync(`${folder}/LICENSE`, 'utf8')).toBe(readFileSync('LICENSE', 'utf8'))
  })

  it.each(packageFolders)("%s has the root's license, engines and repository", (folder) => {
    // npm resolves the relative links of a README through `repository.directory`.
    expect(readManifest(folder)).toMatchObject({
      license: root.license,
      engines: root.engines,
      repository: { ...root.repository, directory: folder },
      publishConfig: { access: 'public', provenance: true },
      files: expect.arrayContaining(['dist', 'src', 'CHANGELOG.md']),
    })
  })

  it.each(packageFolders)(
    '%s names its dependencies by ranges that npm understands, not only pnpm',
    (folder) => {
      const { dependencies, peerDependencies } = readManifest(folder)
      const ranges = Object.values({ ...dependencies, ...(peerDependencies as object | undefined) })
      expect(ranges.filter((range) => !/^[\^~>]/.test(range))).toEqual([])
    },
  )

  it('have one version, and one range for each dependency that several of them need', () => {
    const manifests = packageFolders.map(readManifest)
    expect(new Set(manifests.map(({ version }) => version)).size).toBe(1)
    const ranges = new Map<string, Set<string>>()
    for (const { dependencies } of manifests) {
      for (const [name, range] of Object.entries(dependencies ?? {}))
        ranges.set(name, (ranges.get(name) ?? new Set()).add(range))
    }
    expect([...ranges].filter(([, stated]) => stated.size > 1)).toEqual([])
  })

  it('have READMEs without the address of a repository: links are relative', () => {
    const { host } = new URL(root.homepage as string)
    for (const page of ['README.md', ...packageFolders.map((folder) => `${folder}/README.md`)])
      expect([page, readFileSync(page, 'utf8').includes(host)]).toEqual([page, false])
  })
})

describe('the workflows', () => {
  it.each(workflows)('%s pins each action by its commit', (path) => {
    const used = [...readFileSync(path, 'utf8').matchAll(/uses: (.+)/g)].map(([, action = '']) => action)
    expect(used.length).toBeGreaterThan(0)
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('run on the version of Node that pnpm checks engines by', () => {
    const [, stated] = /^nodeVersion: (\S+)$/m.exec(readFileSync('pnpm-workspace.yaml', 'utf8')) ?? []
    expect(stated).toBe(readManifest('node_modules/node').version)
  })
})

describe('the release workflow', () => {
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8')
  const jobs = new Map(
    workflow
      .slice(workflow.indexOf('\njobs:'))
      .split(/^ {2}(?=[a-z]+:$)/m)
      .slice(1)
      .map((job) => [job.slice(0, job.indexOf(':')), job]),
  )

  it('gives the right to publish to one job, which runs no code of the repository or its dependencies', () => {
    const publishing = [...jobs].filter(([, job]) => /^ {6}id-token: write$/m.test(job))
    expect(publishing.map(([name]) => name)).toEqual(['publish'])
    expect(jobs.get('publish')).not.toMatch(/checkout@|install|\.ci\/run|pnpm/)
    expect(jobs.get('publish')).toMatch(/node-version: \d+\.\d+\.\d+$/m)
    expect(jobs.get('pack')).toMatch(/permissions:\n {6}contents: read\n {4}\w/)
  })
})
