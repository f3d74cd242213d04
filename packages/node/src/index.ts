/** Webhook endpoints in servers that do not speak the web-standard `Request` and `Response`. @module */
export { type FastifyLike, toFastifyPlugin } from './fastify.ts'
export { type KoaLike, toKoaMiddleware } from './koa.ts'
export { type LambdaEvent, type LambdaResult, toLambdaHandler } from './lambda.ts'
export { toNodeHandler } from './node.ts'
export type { WebHandler } from './request.ts'
