import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/**
 * Words of a type as a package publishes it, read from its declarations without compiling them. `undefined` means that
 * the package has moved or removed the type.
 */
export interface PublishedWords {
  readonly version: string
  /** Returns the texts of a union (`PaymentIntent.Status`). */
  ofUnion(name: string): readonly string[] | undefined
  /** Returns the members of an interface (`PaymentIntent.NextAction`). */
  membersOf(name: string): readonly string[] | undefined
  /** Returns the texts of an enum, in whichever file declares it (`PaymentDeclineReason`). */
  ofEnum(name: string): readonly string[] | undefined
  /** Returns every text that a member of this name is fixed to in any interface of a file (`type: 'charge.captured'`). */
  fixedIn(file: string, member: string): readonly string[] | undefined
  /** Returns every text that JavaScript compares a member of this name with, and every union of a member or type of that name. */
  comparedWith(member: string): readonly string[]
}

/** Reads a package that is installed in `folder`/node_modules. */
export function readPublished(folder: string, name: string): PublishedWords {
  const root = join(folder, 'node_modules', name)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const files = globSync('**/*.d.ts', {
    cwd: root,
    exclude: (path) => path === 'cjs' || path === 'node_modules',
  })
  const parsed = new Map<string, ts.SourceFile>()
  const parse = (path: string) => {
    const known = parsed.get(path)
    if (known) return known
    const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest)
    parsed.set(path, file)
    return file
  }

  /** Finds the declaration of a dotted name, whose first part is an interface or namespace of a file. */
  function find(dotted: string): ts.InterfaceDeclaration | ts.TypeAliasDeclaration | undefined {
    const names = dotted.split('.')
    for (const path of files.filter((file) => file.endsWith(`${names[0]}s.d.ts`))) {
      const found = descend(parse(path).statements, names)
      if (found) return found
    }
    return undefined
  }

  return {
    version,
    ofUnion(dotted) {
      const found = find(dotted)
      return found && ts.isTypeAliasDeclaration(found) ? textsOf(found.type) : undefined
    },
    membersOf(dotted) {
      const found = find(dotted)
      if (!found || !ts.isInterfaceDeclaration(found)) return undefined
      return found.members.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []))
    },
    ofEnum(name) {
      for (const path of files) {
        let found: string[] | undefined
        visit(parse(path), (node) => {
          if (ts.isEnumDeclaration(node) && node.name.text === name) {
            found = node.members.flatMap(({ initializer }) =>
              initializer && ts.isStringLiteral(initializer) ? [initializer.text] : [],
            )
          }
        })
        if (found) return found
      }
      return undefined
    },
    fixedIn(file, member) {
      const path = files.find((other) => other.endsWith(file))
      if (path === undefined) return undefined
      const found = new Set<string>()
      visit(parse(path), (node) => {
        if (ts.isPropertySignature(node) && nameOf(node.name) === member && node.type) {
          for (const text of textsOf(node.type)) found.add(text)
        }
      })
      return [...found]
    },
    comparedWith(member) {
      const found = new Set<string>()
      for (const path of files) {
        visit(parse(path), (node) => {
          const isNamed = ts.isPropertySignature(node) || ts.isTypeAliasDeclaration(node)
          if (isNamed && node.type && nameOf(node.name)?.toLowerCase().endsWith(member)) {
            for (const text of textsOf(node.type)) found.add(text)
          }
        })
      }
      const comparison = new RegExp(`\\.${member}\\s*[!=]==?\\s*['"]([^'"]+)['"]`, 'g')
      for (const path of globSync('**/*.js', { cwd: root, exclude: (path) => path === 'node_modules' })) {
        for (const [, text = ''] of readFileSync(join(root, path), 'utf8').matchAll(comparison))
          found.add(text)
      }
      return [...found]
    },
  }
}

function descend(
  statements: readonly ts.Statement[],
  [name, ...rest]: readonly string[],
): ts.InterfaceDeclaration | ts.TypeAliasDeclaration | undefined {
  for (const statement of statements) {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    if (isType && rest.length === 0 && statement.name.text === name) return statement
    const isNamespace = ts.isModuleDeclaration(statement) && statement.name.text === name
    if (!isNamespace || !statement.body || !ts.isModuleBlock(statement.body) || rest.length === 0) continue
    const found = descend(statement.body.statements, rest)
    if (found) return found
  }
  return undefined
}

function textsOf(type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(textsOf)
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : []
}

function nameOf(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}
