import { migrations, shardMigrations } from '@payment-status/tracker'
import type { Run } from '../context.ts'
import { inputError } from '../errors.ts'
import { exitCodes } from '../exit.ts'

export interface MigrateOptions {
  readonly print?: boolean | undefined
  readonly schema?: string | undefined
  readonly directory?: boolean | undefined
}

/** Prints the tracker's tables as SQL, for shops that run their own migrations. */
export const runMigrate: Run<MigrateOptions, []> = async (
  { terminal },
  { print, schema, directory, json },
) => {
  if (!print)
    throw inputError(
      '--print is missing: the tracker creates its tables at startup, and this command only prints their SQL',
    )
  if (directory && schema !== undefined)
    throw inputError(
      '--schema must not be given with --directory: the schema of the directory has a fixed name',
    )
  const sql = directory ? shardMigrations() : migrations(schema)
  if (json) await terminal.writeJson({ sql })
  else await terminal.writeText(sql.endsWith('\n') ? sql : `${sql}\n`)
  return exitCodes.good
}
