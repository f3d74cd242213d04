#!/usr/bin/env node
import process from 'node:process'
import { useOwnCompileCache } from '../compile-cache.ts'

// Modules imported after this call are compiled once for all runs.
useOwnCompileCache(process.env)
const { runCli } = await import('../cli.ts')

/** Time for the work in hand when a service is ended. */
const GRACE_IN_MILLISECONDS = 20_000

const given = process.argv.slice(2)
const ending = new AbortController()
// A service ends its work in hand first. Every other command is ended by the system at once, whatever it does.
const services = ['track', 'simulate', 'record', 'replay']
if (given.some((argument) => services.includes(argument))) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(130)
      ending.abort()
      setTimeout(() => process.exit(1), GRACE_IN_MILLISECONDS).unref()
    })
  }
}

const { stdin, stdout, stderr, env } = process
process.exitCode = await runCli(given, {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: ending.signal,
})
// Output is written to its end; an open connection or an open stdin does not delay the exit.
stdout.write('', () => process.exit())
