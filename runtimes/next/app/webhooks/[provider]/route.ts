import { webhooks } from '../../../lib/webhooks'

export const POST = webhooks
