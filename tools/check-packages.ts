import { spawnSync } from 'node:child_process'
import { PREPARED_FILE } from '../packages/tracker/src/database/prepared.ts'
import { type Packed, packAll } from './packages.ts'

const wantedFiles = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js']

/** Files of single packages that a build makes. */
const wantedFilesOf: Readonly<Record<string, readonly string[]>> = {
  '@payment-status/tracker': [PREPARED_FILE],
  '@payment-status/cli': ['dist/bin/payment-status.js'],
}

/** Packs the packages and checks the tarballs with publint and Are The Types Wrong. Needs a build. */
export function run(): number {
  const packages = packAll('.tmp/packs')
  const problems = packages.flatMap(checkPackage)
  for (const { name, files, size } of packages) {
    console.log(`${name.padEnd(30)} ${(size / 1000).toFixed(1).padStart(7)} kB  ${files.length} files`)
  }
  for (const problem of problems) console.log(problem)
  return problems.length > 0 ? 1 : 0
}

function checkPackage({ name, tarball, files }: Packed): string[] {
  const wanted = [...wantedFiles, ...(wantedFilesOf[name] ?? [])]
  return [
    ...wanted.filter((path) => !files.includes(path)).map((path) => `${name}: ${path} must be packed`),
    ...files
      .filter((path) => /(^|\/)(test|node_modules|\.tmp)\/|\.tgz$|\.env/.test(path))
      .map((path) => `${name}: ${path} must not be packed`),
    ...runTool(name, 'publint', ['--strict', tarball]),
    ...runTool(name, 'attw', [tarball, '--profile', 'esm-only', '--format', 'ascii']),
  ]
}

function runTool(name: string, command: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(`tools/node_modules/.bin/${command}`, args, {
    encoding: 'utf8',
  })
  return status === 0 ? [] : [`${name}: ${command} failed\n${stdout}${stderr}`]
}
