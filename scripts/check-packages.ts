import { spawnSync } from 'node:child_process'
import { packAll } from './pack.ts'

// What is packed has to be what package.json promises, for every kind of resolution there is.
let failed = false
for (const { name, tarball } of packAll('.tmp/packs')) {
  const checks = [
    ['publint', '--strict', tarball],
    ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'],
  ] as const
  for (const [command, ...args] of checks) {
    const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, { encoding: 'utf8' })
    console.log(`${name}: ${command} ${status === 0 ? 'ok' : 'failed'}`)
    if (status !== 0) {
      failed = true
      console.log(stdout, stderr)
    }
  }
}
process.exitCode = failed ? 1 : 0
