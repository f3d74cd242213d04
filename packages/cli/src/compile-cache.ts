import { lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import process from 'node:process'
import type { Environment } from '@payment-status/core'

const OTHERS_MAY_WRITE = 0o022

/**
 * Keeps compiled code in a folder that only this user can write to, and otherwise compiles at each start. Node's
 * default is a folder that all users of the machine share, where another user could place code for this one to run.
 */
export function useOwnCompileCache(environment: Environment): void {
  const user = process.getuid?.()
  if (user === undefined || environment.NODE_COMPILE_CACHE !== undefined) return
  try {
    const { XDG_CACHE_HOME: configured = '' } = environment
    const caches = isAbsolute(configured) ? configured : join(homedir(), '.cache')
    const folder = join(caches, 'payment-status')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder)
    if (stats.isDirectory() && stats.uid === user && (stats.mode & OTHERS_MAY_WRITE) === 0)
      enableCompileCache(folder)
  } catch {
    // A home that cannot be written to costs some milliseconds at each start.
  }
}
