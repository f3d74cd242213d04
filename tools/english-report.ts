import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { avoidedWords, findAvoided, hasEnglish, roomOf } from './english.ts'

// pnpm english [path…] [--all]: counts avoided words per room, and lists them for the named paths.
const wanted = process.argv.slice(2)
const words = avoidedWords()
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
const findings = files
  .split('\n')
  .filter((path) => hasEnglish(path) && existsSync(path))
  .flatMap((path) => findAvoided(path, readFileSync(path, 'utf8'), words))

const counts = new Map<string, number>()
for (const { path } of findings) counts.set(roomOf(path), (counts.get(roomOf(path)) ?? 0) + 1)
for (const [room, count] of [...counts].sort()) console.log(`${String(count).padStart(5)}  ${room}`)
console.log(`${String(findings.length).padStart(5)}  in all`)

for (const { path, line, found, text } of findings) {
  if (!wanted.includes('--all') && !wanted.some((start) => path.startsWith(start))) continue
  console.log(
    `${path}:${line}: ${found}: ${
      text
        .split('\n')
        .find((part) => part.toLowerCase().includes(found.toLowerCase()))
        ?.trim()
        .slice(0, 110) ?? text.split('\n').slice(0, 2).join(' ').slice(0, 110)
    }`,
  )
}
process.exitCode = findings.length > 0 ? 1 : 0
