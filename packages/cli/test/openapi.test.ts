import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import { createDocument } from '../src/track/openapi.ts'

type Node = Readonly<Record<string, unknown>>

it('the document of the service is OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(createDocument()))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

it('a document that is broken is not', async () => {
  const { paths, ...rest } = createDocument()
  const broken = { ...rest, paths: { ...(paths as Node), '/x': { get: { responses: { 200: {} } } } } }
  expect(await new Validator().validate(broken)).toMatchObject({ valid: false })
})

it('every reference leads somewhere, every schema is used, and every operation has a name of its own', () => {
  const document = createDocument()
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  )
  const { schemas } = document.components as { readonly schemas: Node }
  expect(Object.keys(schemas).toSorted()).toEqual([...new Set(found)].toSorted())
  const operations = Object.values(document.paths as Record<string, Record<string, Node>>).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(operations).size).toBe(operations.length)
})

it('every placeholder of a path is a parameter, and every parameter a placeholder', () => {
  for (const [path, methods] of Object.entries(createDocument().paths as Record<string, object>)) {
    const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const operation of Object.values(methods) as { parameters?: { in: string; name: string }[] }[]) {
      const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)
      expect([path, named]).toEqual([path, placeholders])
    }
  }
})
