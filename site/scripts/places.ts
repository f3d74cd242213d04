import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** This package. */
export const site = fileURLToPath(new URL('..', import.meta.url))
/** The folder that VitePress reads: the documentation with its links made ready, the reference, and what the pages import. */
export const content = `${site}.content/`
export const generated = `${site}.generated/`
/** The published files. */
export const dist = `${site}dist/`
