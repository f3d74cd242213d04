import { untilAborted } from '../abort.ts'
import { inputError } from '../model/errors.ts'

export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds until the whole body must have arrived. */
  readonly timeoutMs: number
}

/**
 * Length up to which the runtime may assemble a body of stated length. It keeps every part until the last has arrived, and
 * parts of one byte take some hundred bytes each. Longer bodies are assembled here.
 */
const MAX_AT_ONCE_IN_BYTES = 16 * 1024

/**
 * Reads a request's raw body. Returns `too_large` as soon as it is longer than `maxBytes`, and `too_slow` when it is not
 * complete in time; neither reads on. Rejects when the body breaks off, and with `invalid_input` when it was read before.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  if (request.bodyUsed) {
    throw inputError(
      'payment-status',
      'the body was read already. Give the handler the request before any parser reads it: the signature is that of the raw bytes',
    )
  }
  const stated = request.headers.get('content-length')
  if (Number(stated) > limits.maxBytes) return 'too_large'
  // Some servers create the stream only on demand, which costs more than all the rest.
  if (isStatedShort(stated) && request.headers.get('content-encoding') === null)
    return readAtOnce(request, limits)
  const { body } = request
  // Some runtimes have a body without a stream.
  return body ? readParts(body, limits) : readAtOnce(request, limits)
}

/** A compressed body may have been unpacked on the way: then `content-length` is not its length. */
function isStatedShort(stated: string | null): boolean {
  return stated !== null && /^\d+$/.test(stated) && Number(stated) <= MAX_AT_ONCE_IN_BYTES
}

async function readAtOnce(
  request: Request,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  let stop = () => {}
  try {
    // The first of the two, without the promises of a race.
    const whole = await new Promise<ArrayBuffer | 'too_slow'>((resolve, reject) => {
      stop = startTimer(() => resolve('too_slow'), timeoutMs)
      request.arrayBuffer().then(resolve, reject)
    })
    if (whole === 'too_slow') return whole
    return whole.byteLength > maxBytes ? 'too_large' : new Uint8Array(whole)
  } finally {
    stop()
  }
}

/** Collects into one buffer that doubles, so that a body in many small parts takes no more memory. */
async function readParts(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  const patience = new AbortController()
  const stop = startTimer(() => patience.abort(), timeoutMs)
  let bytes = new Uint8Array(0)
  let length = 0
  const reader = body.getReader()
  const next = () => untilAborted(reader.read(), patience.signal)
  try {
    for (let part = await next(); !part.done; part = await next()) {
      const needed = length + part.value.byteLength
      if (needed > maxBytes) return 'too_large'
      if (needed > bytes.length) bytes = grow(bytes, Math.min(maxBytes, Math.max(needed, bytes.length * 2)))
      bytes.set(part.value, length)
      length = needed
    }
  } catch (error) {
    if (patience.signal.aborted) return 'too_slow'
    throw error
  } finally {
    stop()
    // Not canceled: on Node's server that would close the connection before the answer is sent.
    reader.releaseLock()
  }
  return bytes.subarray(0, length)
}

interface Turns {
  setImmediate?(work: () => void): unknown
  clearImmediate?(turn: unknown): void
}

/**
 * Calls `late` after a time, unless the returned function is called before. On Node the timer starts with the next turn of
 * the event loop, because most bodies have arrived by then.
 */
function startTimer(work: () => void, milliseconds: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const start = () => {
    timer = setTimeout(work, milliseconds)
  }
  const { setImmediate, clearImmediate } = globalThis as Turns
  if (!setImmediate || !clearImmediate) {
    start()
    return () => clearTimeout(timer)
  }
  const turn = setImmediate(start)
  return () => {
    clearImmediate(turn)
    clearTimeout(timer)
  }
}

function grow(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length)
  grown.set(bytes)
  return grown
}
