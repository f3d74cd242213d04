import { PaymentError } from '../words/errors.ts'

/**
 * A request's body as it came, or `undefined` as soon as it is longer than `maxBytes`, without reading on. Rejects
 * when the body breaks off, and with `invalid_input` when somebody read it before.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (request.bodyUsed) {
    throw new PaymentError({
      code: 'invalid_input',
      provider: 'payment-status',
      message: 'the body was read already: a signature holds for the raw bytes, before any parser',
    })
  }
  if (Number(request.headers.get('content-length')) > maxBytes) return undefined
  if (!request.body) {
    // Some runtimes' requests have a body and no stream of it.
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > maxBytes ? undefined : bytes
  }
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength
      if (length > maxBytes) return undefined
      chunks.push(part.value)
    }
  } finally {
    // Not canceled: under Node's server that would cut the connection before the answer is out.
    reader.releaseLock()
  }
  return join(chunks, length)
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks
  if (only && chunks.length === 1) return only
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
