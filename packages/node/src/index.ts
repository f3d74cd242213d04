/** Adapters for servers that do not use the web-standard `Request` and `Response`. @module */
export type { Connection, WebHandler } from './answer.ts'
export { type FastifyLike, toFastifyPlugin } from './fastify.ts'
export { type KoaLike, toKoaMiddleware } from './koa.ts'
export { type LambdaEvent, type LambdaResult, toLambdaHandler } from './lambda.ts'
export { toNodeHandler } from './node.ts'
