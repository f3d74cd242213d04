import { globSync, readFileSync, writeFileSync } from 'node:fs'
import ts from 'typescript'
import type { PaymentErrorCode } from '../packages/core/src/index.ts'

const page = 'docs/errors.md'

/** The explanation of each code: its meaning, and the next action. */
const explanations: Readonly<Record<PaymentErrorCode, readonly [meaning: string, action: string]>> = {
  invalid_input: [
    'An argument or a configuration value cannot be right. No request was sent.',
    'Correct the call or the configuration. The message names the option and the expected form.',
  ],
  invalid_payload: [
    'A payload differs from what the provider documents. `issues` lists the paths and the expected values.',
    'Do not act on the payload. Look the payment up, and report the message to us: the provider may have changed its API.',
  ],
  invalid_signature: [
    'A webhook or a signed response does not verify.',
    'Answer 401 to the sender. If genuine webhooks fail, check the secret of this endpoint, and that the body reaches `readWebhook` as raw bytes.',
  ],
  not_found: [
    'The provider has no such payment.',
    'It does not mean "unpaid": the payment may be too new, or belong to the other environment. Retry later, and check the id and the environment.',
  ],
  unauthorized: [
    'The provider answered 401 or 403.',
    'Check the API key, its permissions, and that it belongs to the configured environment.',
  ],
  rejected: [
    'The provider declined the request itself. This is not a declined payment.',
    'Read `providerCode` and quote `requestId` to the support of the provider.',
  ],
  rate_limited: ['The provider answered 429.', 'Retry after `retryAfterMs`. The tracker does so by itself.'],
  unavailable: [
    'The provider answered 5xx, the network failed, or the time limit passed. The state of the payment is unknown.',
    'Retry later. Never take it for a failed payment.',
  ],
  unsupported: [
    'The provider has no such query. No request was sent.',
    'Rely on webhooks for this provider. `provider.answers` states which queries exist.',
  ],
}

interface Message {
  readonly code: string
  readonly text: string
  readonly origin: string
}

/** Returns the error reference: each code, its meaning, the next action, and every message in the sources. */
export function writeReference(): string {
  const messages = globSync('packages/*/src/**/*.ts', { exclude: (path) => path.endsWith('fixtures') })
    .sort()
    .flatMap(messagesIn)
  const sections = Object.entries(explanations).map(([code, [meaning, action]]) => {
    const isRetryable = code === 'rate_limited' || code === 'unavailable'
    return [
      `## ${code}`,
      `${meaning} ${isRetryable ? '`retryable` is true.' : '`retryable` is false.'}`,
      `**What to do:** ${action}`,
      tableOf(messages.filter((message) => message.code === code)),
    ].join('\n\n')
  })
  return `# Errors

Every function throws or rejects with a \`PaymentError\`. Branch on its \`code\`. The message begins with the name of the provider in brackets. It holds paths and expectations, never a value of a payload, a secret, a signature or card data, so it can be logged.

\`\`\`ts
import { createStripe } from '@payment-status/stripe'
import { isPaymentError } from 'payment-status'
const stripe = createStripe({ secretKey: process.env.STRIPE_SECRET_KEY })
try {
  await stripe.lookup('pi_unknown')
} catch (error) {
  if (!isPaymentError(error)) throw error
  console.log(error.code, error.retryable) // not_found false
}
\`\`\`

\`npx -y pnpm@12 tools errors\` writes this page from the sources. \`…\` stands for a part that depends on the call.

${sections.join('\n\n')}
`
}

function tableOf(messages: readonly Message[]): string {
  const origins = new Map<string, Set<string>>()
  for (const { text, origin } of messages) origins.set(text, (origins.get(text) ?? new Set()).add(origin))
  if (origins.size === 0) return 'The message states the HTTP status.'
  const rows = [...origins].map(
    // A URL in a message is an example, not a link.
    ([text, from]) =>
      `| ${text.replaceAll('|', '\\|').replace(/https?:\/\/\S+/g, '`$&`')} | ${[...from].join(', ')} |`,
  )
  return ['| message | thrown by |', '| --- | --- |', ...rows].join('\n')
}

function messagesIn(path: string): Message[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const origin = path.split('/')[1] ?? ''
  const found: Message[] = []
  const visit = (node: ts.Node): void => {
    const message = ts.isCallExpression(node)
      ? messageOfCall(node)
      : ts.isNewExpression(node) && node.expression.getText() === 'PaymentError'
        ? messageOfOptions(node.arguments?.[0])
        : undefined
    if (message?.text) found.push({ ...message, text: message.text, origin })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

interface Found {
  readonly code: string
  readonly text: string | undefined
}

/** Reads a call of the kit's `inputError`, `payloadError` or `signatureError`. */
function messageOfCall({ expression, arguments: given }: ts.CallExpression): Found | undefined {
  const text = textOf(given.at(-1))
  switch (expression.getText()) {
    case 'inputError':
      return { code: 'invalid_input', text }
    case 'signatureError':
      return { code: 'invalid_signature', text }
    case 'payloadError': {
      if (given.length < 3) return { code: 'invalid_payload', text }
      return {
        code: 'invalid_payload',
        text: text && `the payload is not as documented (expected ${textOf(given[1]) ?? '…'}: ${text})`,
      }
    }
    default:
      return undefined
  }
}

function messageOfOptions(options: ts.Expression | undefined): Found | undefined {
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined
  const memberText = (name: string) => {
    const property = options.properties.find((member) => member.name?.getText() === name)
    return property && ts.isPropertyAssignment(property) ? textOf(property.initializer) : undefined
  }
  const code = memberText('code')
  return code === undefined ? undefined : { code, text: memberText('message') }
}

/** Returns the text of a literal, with `…` for each part that is computed. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  return undefined
}

export function run(): number {
  writeFileSync(page, writeReference())
  return 0
}
