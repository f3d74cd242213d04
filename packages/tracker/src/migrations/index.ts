import { tables } from './0001-tables.ts'

/** In order. The number of a migration is its place, counted from 1. */
export const steps: readonly ((schema: string) => string)[] = [tables]
