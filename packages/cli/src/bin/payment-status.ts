#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import process from 'node:process'

// What is loaded after this is compiled once for all runs.
enableCompileCache()
const { runCli } = await import('../cli.ts')

const ending = new AbortController()
let isEnding = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (isEnding) process.exit(130)
    isEnding = true
    ending.abort()
  })
}

const { stdin, stdout, stderr, env } = process
process.exitCode = await runCli(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: ending.signal,
})
// What was written is read to its end; what is still open (a kept connection, stdin) keeps nobody waiting.
stdout.write('', () => process.exit())
