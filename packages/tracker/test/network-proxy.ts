import { connect, createServer, type Socket } from 'node:net'

/** Kinds of trouble between a process and its database. */
export const troubles = ['drop', 'half_close', 'delay', 'black_hole'] as const
export type Trouble = (typeof troubles)[number]

export interface NetworkProxy {
  readonly url: string
  /** Sends new connections elsewhere, and ends those that are open. */
  retarget(url: string): void
  /** Makes every chunk arrive later by this. */
  setDistance(delayMs: number): void
  /**
   * `drop`: resets every connection · `half_close`: the server seems to end its side, and receives nothing more · `delay`:
   * each chunk takes up to 300 ms more · `black_hole`: nothing passes, and nothing is closed. The trouble ends after `lastsMs`:
   * the server then ends what it has received nothing on, as keep-alive does, and the client has to find out by itself.
   */
  disturb(trouble: Trouble, lastsMs: number): void
  close(): Promise<void>
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  isSwallowed: boolean
}

/** Opens a proxy to a TCP server, named by a URL with a host and a port. */
export async function openNetworkProxy(target: string): Promise<NetworkProxy> {
  let current = new URL(target)
  let distanceMs = 0
  let isBlackHole = false
  let extraMs = 0
  const links = new Set<Link>()
  const proxy = createServer((client) => {
    const server = connect({ host: current.hostname, port: Number(current.port) })
    const link: Link = { client, server, isSwallowed: isBlackHole }
    links.add(link)
    // One after the other: a delayed chunk must not be overtaken.
    const pass = (from: Socket, to: Socket) => {
      let last = Promise.resolve()
      const after = (work: () => void) => {
        const at = performance.now() + distanceMs + Math.random() * extraMs
        last = last.then(async () => {
          const wait = at - performance.now()
          if (wait > 0) await new Promise((done) => setTimeout(done, wait))
          work()
        })
      }
      from.on('data', (chunk) => {
        if (!link.isSwallowed) after(() => !to.destroyed && to.write(chunk))
      })
      from.on('end', () => {
        if (!link.isSwallowed) after(() => !to.destroyed && to.end())
      })
      from.on('close', () => {
        // What a swallowed client has left open at the server is ended with the trouble.
        if (from === server || !link.isSwallowed) links.delete(link)
        if (!link.isSwallowed) after(() => to.destroy())
      })
      from.on('error', () => {})
    }
    pass(client, server)
    pass(server, client)
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  const address = proxy.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : 0)
  const drop = () => {
    for (const { client, server } of links) {
      client.resetAndDestroy()
      server.destroy()
    }
    links.clear()
  }
  const swallow = (lastsMs: number) => {
    const swallowed = [...links]
    for (const link of swallowed) link.isSwallowed = true
    setTimeout(() => {
      for (const { server } of swallowed) server.destroy()
    }, lastsMs)
  }
  return {
    url: url.href,
    retarget(next) {
      current = new URL(next)
      drop()
    },
    setDistance(delayMs) {
      distanceMs = delayMs
    },
    disturb(trouble, lastsMs) {
      switch (trouble) {
        case 'drop':
          drop()
          break
        case 'half_close':
          swallow(lastsMs)
          for (const { client } of links) client.end()
          break
        case 'delay':
          extraMs = 300
          setTimeout(() => {
            extraMs = 0
          }, lastsMs)
          break
        case 'black_hole':
          isBlackHole = true
          setTimeout(() => {
            isBlackHole = false
            swallow(0)
          }, lastsMs)
          swallow(lastsMs)
          break
      }
    },
    async close() {
      drop()
      await new Promise((done) => proxy.close(done))
    },
  }
}
