import { createRequire } from 'node:module'

/** A package finds itself by its own name, wherever its files end up. */
const manifest = createRequire(import.meta.url)('@payment-status/cli/package.json') as { version: string }

export const { version } = manifest
