import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** This package. */
export const site = fileURLToPath(new URL('..', import.meta.url))
/** The folder that VitePress reads: the documentation with its links adapted, the reference, and files that pages import. */
export const content = `${site}.content/`
export const generated = `${site}.generated/`
/** The built site. */
export const dist = `${site}dist/`
