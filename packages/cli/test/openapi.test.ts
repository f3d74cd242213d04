// biome-ignore-all lint/suspicious/noExplicitAny: a document is JSON.
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
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

it('every reference leads somewhere, and every operation has a name of its own', () => {
  const document = createDocument()
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  )
  const { schemas } = document.components as { readonly schemas: Node }
  expect([...new Set(found)].filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([])
  const operations = Object.values(document.paths as Record<string, Record<string, Node>>).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(operations).size).toBe(operations.length)
})

it('every operation has an example for its body and for each JSON answer, and every example is valid', () => {
  const document = createDocument()
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'openapi.json')
  const found: unknown[] = []
  const visit = (node: unknown, path: readonly string[]): void => {
    if (typeof node !== 'object' || node === null) return
    if (path.at(-1) === 'application/json' && path[0] !== 'components') {
      const pointer = [...path, 'schema']
        .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
        .join('/')
      const validate = ajv.compile({ $ref: `openapi.json#/${pointer}` })
      const { example } = node as { readonly example?: unknown }
      found.push([pointer, example === undefined ? 'has no example' : validate(example) || validate.errors])
    }
    for (const [name, child] of Object.entries(node)) visit(child, [...path, name])
  }
  visit(document, [])
  expect(found.length).toBeGreaterThan(80)
  expect(found.filter(([, outcome]: any) => outcome !== true)).toEqual([])
})

it('bodies and queries are described by the schemas that validate them', () => {
  const { paths } = createDocument() as { readonly paths: any }
  const { schema } = paths['/orders/{order}'].put.requestBody.content['application/json']
  expect(schema).toEqual({ $ref: '#/components/schemas/TrackedOrder' })
  const limit = paths['/orders'].get.parameters.find(({ name }: any) => name === 'limit')
  expect(limit.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 })
})

it('a message to the shop has its type as discriminator', () => {
  const { webhooks, components } = createDocument() as any
  const { oneOf, discriminator } = webhooks.outgoing.post.requestBody.content['application/json'].schema
  expect(discriminator.propertyName).toBe('type')
  expect(Object.values(discriminator.mapping)).toEqual(oneOf.map(({ $ref }: any) => $ref))
  for (const [type, ref] of Object.entries(discriminator.mapping as Record<string, string>))
    expect(components.schemas[ref.split('/').at(-1) ?? ''].properties.type.const).toBe(type)
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
