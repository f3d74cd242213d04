import type { Notification } from './onerway.ts'
import type { World } from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Notification page: at most three deliveries, half an hour apart, until one is acknowledged. */
const DELIVERIES = [0, 30 * MINUTE, 60 * MINUTE]

/**
 * Delivers notifications over HTTP: of 100 notifications, `faulty` are lost altogether, as many are doubled, as many are
 * overtaken by later ones, and as many come late.
 */
export function createDeliveries(world: World, url: () => string, random: () => number, faulty: number) {
  async function post(notification: Notification): Promise<boolean> {
    const { body, headers } = notification.request()
    try {
      const response = await fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
      const text = await response.text()
      return response.status === 200 && text === notification.transactionId
    } catch {
      return false // a connection that broke is not an acknowledgement
    }
  }
  function send(notification: Notification, delay: number): void {
    let isAcknowledged = false
    for (const wait of DELIVERIES)
      world.later(delay + wait, async () => {
        if (!isAcknowledged) isAcknowledged = await post(notification)
      })
  }
  return (notification: Notification): void => {
    const fate = random()
    if (fate < faulty) return
    const isLate = fate < 2 * faulty
    const isOvertaken = fate < 3 * faulty
    send(notification, isLate ? random() * 3 * DAY : isOvertaken ? random() * HOUR : random() * 2_000)
    if (random() < faulty) send(notification, random() * HOUR)
  }
}
