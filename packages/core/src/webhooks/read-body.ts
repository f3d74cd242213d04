import { untilAborted } from '../abort.ts'
import { inputError } from '../model/errors.ts'

export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds until the whole body has to be there. */
  readonly timeoutMs: number
}

/**
 * What the runtime may put together, where the length is told. It keeps every part until the last has come, and parts of a
 * byte take some hundred bytes each: a body of this length then takes a few megabytes, and longer ones are put together here.
 */
const MAX_AT_ONCE_IN_BYTES = 16 * 1024

/**
 * A request's body as it came; `too_large` as soon as it is longer than `maxBytes`, and `too_slow` when it is not whole in
 * time, in neither case reading on. Rejects when the body breaks off, and with `invalid_input` when somebody read it before.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  if (request.bodyUsed) {
    throw inputError(
      'payment-status',
      'the body was read already: a signature holds for the raw bytes, before any parser',
    )
  }
  const told = request.headers.get('content-length')
  if (Number(told) > limits.maxBytes) return 'too_large'
  // Servers that are no web-standard ones make a stream only for who asks for it, and that takes longer than all the rest.
  if (isToldShort(told) && request.headers.get('content-encoding') === null)
    return readAtOnce(request, limits)
  const { body } = request
  // Some runtimes' requests have a body and no stream of it.
  return body ? readParts(body, limits) : readAtOnce(request, limits)
}

/** A body that is sent compressed can have been unpacked on the way: then its length is not the one told. */
function isToldShort(told: string | null): boolean {
  return told !== null && /^\d+$/.test(told) && Number(told) <= MAX_AT_ONCE_IN_BYTES
}

async function readAtOnce(
  request: Request,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  let stop = () => {}
  try {
    // Whichever comes first, without the promises of a race.
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

/** One buffer that doubles: a body that comes byte by byte takes no more memory than one that comes at once. */
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
    // Not canceled: under Node's server that would cut the connection before the answer is out.
    reader.releaseLock()
  }
  return bytes.subarray(0, length)
}

interface Turns {
  setImmediate?(work: () => void): unknown
  clearImmediate?(turn: unknown): void
}

/**
 * Calls it later, unless what it returns is called before. Where the event loop can be told to, the timer starts with its
 * next turn: most bodies have come by then, and a timer is more work than they are.
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
