import { migrations } from '@payment-status/tracker'
import type { Run } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'

export interface MigrateOptions {
  readonly print?: boolean | undefined
  readonly schema?: string | undefined
}

/** The tracker's tables as SQL, for those who run their own migrations. */
export const runMigrate: Run<MigrateOptions, []> = async ({ terminal }, { print, schema, json }) => {
  if (!print)
    throw inputError(
      'say --print: the tracker brings its tables by itself, the SQL is for those who would rather',
    )
  const sql = migrations(schema)
  if (json) await terminal.writeJson({ sql })
  else await terminal.write(sql.endsWith('\n') ? sql : `${sql}\n`)
  return exitCodes.good
}
