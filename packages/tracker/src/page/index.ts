/** The status page: where an order stands, for people. @module */
export { createStatusPage, type StatusPageOptions } from './status-page.ts'
