export { fromPglite, openEmbedded } from './database/pglite.ts'
