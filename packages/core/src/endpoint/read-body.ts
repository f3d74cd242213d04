import { untilAborted } from '../abort.ts'
import { inputError } from '../kit/errors.ts'

export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds until the whole body has to be there. */
  readonly timeoutMs: number
}

/**
 * A request's body as it came; `too_large` as soon as it is longer than `maxBytes`, and `too_slow` when it is not whole in
 * time, in neither case reading on. Rejects when the body breaks off, and with `invalid_input` when somebody read it before.
 */
export async function readBody(
  request: Request,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  if (request.bodyUsed) {
    throw inputError(
      'payment-status',
      'the body was read already: a signature holds for the raw bytes, before any parser',
    )
  }
  if (Number(request.headers.get('content-length')) > maxBytes) return 'too_large'
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), timeoutMs)
  try {
    return await readAll(request, maxBytes, patience.signal)
  } catch (error) {
    if (patience.signal.aborted) return 'too_slow'
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function readAll(
  request: Request,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | 'too_large'> {
  if (!request.body) {
    // Some runtimes' requests have a body and no stream of it.
    const whole = new Uint8Array(await untilAborted(request.arrayBuffer(), signal))
    return whole.length > maxBytes ? 'too_large' : whole
  }
  // One buffer that doubles: a body that comes byte by byte takes no more memory than one that comes at once.
  let bytes = new Uint8Array(0)
  let length = 0
  const reader = request.body.getReader()
  const next = () => untilAborted(reader.read(), signal)
  try {
    for (let part = await next(); !part.done; part = await next()) {
      const needed = length + part.value.byteLength
      if (needed > maxBytes) return 'too_large'
      if (needed > bytes.length) bytes = grow(bytes, Math.min(maxBytes, Math.max(needed, bytes.length * 2)))
      bytes.set(part.value, length)
      length = needed
    }
  } finally {
    // Not canceled: under Node's server that would cut the connection before the answer is out.
    reader.releaseLock()
  }
  return bytes.subarray(0, length)
}

function grow(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length)
  grown.set(bytes)
  return grown
}
