import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, type TypeDocOptions } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { content, root } from './places.ts'

const SOURCE = '@payment-status/source'

interface EntryPoint {
  /** As an import names it. */
  readonly specifier: string
  /** From the folder `packages`. */
  readonly file: string
}

/** Returns what each package exports, by its package.json. */
function entryPoints(): EntryPoint[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const path = join(root, 'packages', folder, 'package.json')
    if (!existsSync(path)) return []
    const { name, exports } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly name: string
      readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
    }
    return Object.entries(exports).flatMap(([subpath, target]) => {
      const file = typeof target === 'string' ? undefined : target[SOURCE]
      return file === undefined ? [] : [{ specifier: join(name, subpath), file: join(folder, file) }]
    })
  })
}

/** Writes the pages of the reference from the docstrings of the packages' exports. */
export async function writeReference(): Promise<void> {
  const entries = entryPoints()
  const options: TypeDocOptions & Partial<PluginOptions> = {
    entryPoints: entries.map(({ file }) => join(root, 'packages', file)),
    tsconfig: join(root, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    out: join(content, 'reference'),
    readme: 'none',
    name: 'Reference',
    displayBasePath: join(root, 'packages'),
    basePath: join(root, 'packages'),
    skipErrorChecking: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    router: 'module',
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useHTMLEncodedBrackets: true,
    parametersFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    interfacePropertiesFormat: 'table',
    sanitizeComments: true,
    useHTMLAnchors: true,
    validation: { notExported: false },
    logLevel: 'Error',
  }
  const application = await Application.bootstrapWithPlugins(options)
  const project = await application.convert()
  if (!project) throw new Error('the reference could not be read from the sources')
  // Modules are named as they are imported, not after the folder of their source.
  const specifiers = new Map(
    entries.map(({ specifier, file }) => [file.replace(/(\/index)?\.ts$/, ''), specifier]),
  )
  for (const module of project.children ?? []) module.name = specifiers.get(module.name) ?? module.name
  await application.generateOutputs(project)
  if (application.logger.hasErrors()) throw new Error('the reference could not be written')
}
