import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * An Onerway over HTTP, written from its documentation alone: it imports nothing of this project. Where a page leaves a
 * choice, `random` takes it.
 */
export interface OnerwayOptions {
  readonly integration: 'direct' | 'hosted'
  readonly merchantNo: string
  /** Several while the key is rotated: the newest last. */
  readonly secretKey: string | readonly string[]
  /** Milliseconds since 1970, of a clock that the caller moves. */
  readonly now: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  /** Sends a notification. Resolves to whether it was acknowledged with its bare transactionId. */
  readonly notify: (notification: Notification) => void
  /** Faults of queries. Default: none. */
  readonly troubles?: Troubles | undefined
}

/** Troubles of the query API, by numbers of their own: they change no life. */
export interface Troubles {
  /** Share of requests that are not answered, and of lists whose pages shift. */
  readonly share: number
  /** A number in [0, 1). */
  readonly random: () => number
}

type Value = string | null
export type Fields = Readonly<Record<string, Value>>

/** A notification: its content is made anew at each delivery. */
export interface Notification {
  readonly transactionId: string
  /** Returns the signed request as it is sent now. */
  request(): { readonly body: string; readonly headers: Readonly<Record<string, string>> }
}

/** Onerway's words for a transaction. */
export type Status = 'S' | 'F' | 'P' | 'R' | 'N' | 'I' | 'U'

export interface Transaction {
  readonly transactionId: string
  readonly txnType: 'SALE' | 'AUTH' | 'CAPTURE' | 'VOID' | 'REFUND' | 'BIND_CARD'
  readonly merchantTxnId: string | null
  readonly originTransactionId: string | null
  /** In hundredths. */
  readonly amount: number
  readonly isLocalMethod: boolean
  status: Status
  /** Its txnTime. */
  at: number
  reason: string | null
}

interface Chargeback {
  readonly id: string
  readonly importTime: number
  status: string
}

/** An order at Onerway: with `hosted` its paymentId holds several attempts. */
export interface Order {
  readonly paymentId: string
  readonly reference: string
  readonly amount: number
  readonly currency: string
  readonly isAuth: boolean
  readonly createdAt: number
  /** The transactionId of the create call's answer. With `hosted` no query knows it. */
  readonly firstId: string
  readonly transactions: Transaction[]
  readonly chargebacks: Chargeback[]
  /** True where rows of the closed order state no paymentId (sandbox, September 2026). */
  readonly losesPaymentId: boolean
  /** True where later notices name the order in the signed merchantTxnId too. */
  readonly namesOrder: boolean
  isClosed: boolean
  /** When anything last happened to it. */
  touchedAt: number
}

/** True state of an order. */
export interface Truth {
  readonly status: string
  readonly captured: number
  readonly refunded: number
  readonly isDisputed: boolean
}

const EPOCH = 1_288_834_974_657n
const ZONE = 8 * 3_600_000
const PAGE = 10
/** Notification page: these take no part in the signature. */
const unsigned = new Set([
  'originTransactionId',
  'originMerchantTxnId',
  'customsDeclarationAmount',
  'customsDeclarationCurrency',
  'paymentMethod',
  'walletTypeName',
  'periodValue',
  'tokenExpireTime',
  'sign',
])

/** Signature page: values of the fields in the order of their names, then the secret; empty ones are left out. */
function signatureOf(fields: Fields, secret: string, isLeftOut: (name: string) => boolean): string {
  const names = Object.keys(fields)
    .filter((name) => !isLeftOut(name) && fields[name] !== null && fields[name] !== '')
    .sort()
  return createHash('sha256')
    .update(names.map((name) => fields[name]).join('') + secret)
    .digest('hex')
}

function toText(at: number): string {
  return new Date(at + ZONE).toISOString().slice(0, 19).replace('T', ' ')
}

function toDecimal(amount: number): string {
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
}

export type IndependentOnerway = Awaited<ReturnType<typeof startOnerway>>

export async function startOnerway({
  integration,
  merchantNo,
  secretKey,
  now,
  random,
  notify,
  troubles,
}: OnerwayOptions) {
  const secrets = [secretKey].flat()
  const orders: Order[] = []
  const requests = { lookups: 0, lists: 0 }
  const isHosted = integration === 'hosted'
  const isLucky = (share: number) => random() < share

  function createId(at = now()): string {
    return String(((BigInt(at) - EPOCH) << 22n) + BigInt(Math.floor(random() * 4_194_304)))
  }

  // What shoppers and merchants do.

  function create(reference: string, amount: number, { isAuth = false } = {}): Order {
    const id = createId()
    const order: Order = {
      paymentId: id,
      reference,
      amount,
      currency: 'EUR',
      isAuth,
      createdAt: now(),
      firstId: isHosted ? createId() : id,
      transactions: [],
      chargebacks: [],
      losesPaymentId: isLucky(0.5),
      namesOrder: isLucky(0.7),
      isClosed: false,
      touchedAt: now(),
    }
    orders.push(order)
    return order
  }

  /** An attempt to pay. With `direct` it is the payment. */
  function attempt(
    order: Order,
    status: Status,
    { isLocalMethod = false, respCode = '70002' } = {},
  ): Transaction {
    const isFirst = order.transactions.length === 0
    const id = isHosted || !isFirst ? createId() : order.firstId
    const transaction = add(order, order.isAuth ? 'AUTH' : 'SALE', status, {
      id,
      merchantTxnId: order.reference,
      isLocalMethod,
    })
    settle(order, transaction, status, respCode)
    return transaction
  }

  /** Moves a transaction on. Status updates: a notification is sent at a final state. */
  function settle(order: Order, transaction: Transaction, status: Status, respCode = '70002'): void {
    order.touchedAt = now()
    transaction.status = status
    if (status === 'F') transaction.reason = JSON.stringify({ respCode, respMsg: 'Declined' })
    if (status === 'S' && isHosted && isOpening(transaction)) transaction.at = now()
    if (status === 'S' || status === 'F') sendTransaction(order, transaction)
  }

  function add(
    order: Order,
    txnType: Transaction['txnType'],
    status: Status,
    {
      id = createId(),
      amount = order.amount,
      ...more
    }: { id?: string; amount?: number } & Partial<Omit<Transaction, 'amount'>> = {},
  ): Transaction {
    const transaction: Transaction = {
      transactionId: id,
      txnType,
      status,
      amount,
      merchantTxnId: null,
      originTransactionId: null,
      isLocalMethod: false,
      reason: null,
      at: now(),
      ...more,
    }
    order.touchedAt = now()
    order.transactions.push(transaction)
    return transaction
  }

  /** Capture page: the whole amount, under a number of its own or none. */
  function capture(order: Order, status: Status): Transaction {
    return follow(order, 'CAPTURE', status, order.amount)
  }

  function releaseHold(order: Order, status: Status): Transaction {
    return follow(order, 'VOID', status, order.amount)
  }

  function follow(order: Order, txnType: 'CAPTURE' | 'VOID' | 'REFUND', status: Status, amount: number) {
    const opening = paidOf(order)
    const captured = order.transactions.find((one) => one.txnType === 'CAPTURE' && one.status === 'S')
    const origin = txnType === 'REFUND' && captured && isLucky(0.5) ? captured : opening
    const transaction = add(order, txnType, status, {
      amount,
      merchantTxnId: isLucky(0.5) ? `${txnType.toLowerCase()}-${createId()}` : null,
      originTransactionId: origin?.transactionId ?? null,
    })
    if (status === 'S' || status === 'F') sendTransaction(order, transaction)
    return transaction
  }

  /** A refund that is reviewed starts as I; a refusal is a REFUND_AUDIT with F. */
  function refund(order: Order, amount: number, status: 'S' | 'I'): Transaction {
    return follow(order, 'REFUND', status, amount)
  }

  function endRefund(order: Order, refunded: Transaction, status: 'S' | 'F'): void {
    order.touchedAt = now()
    refunded.status = status
    if (status === 'S') sendTransaction(order, refunded)
    else
      send(refunded.transactionId, () => ({
        notifyType: 'REFUND_AUDIT',
        transactionId: refunded.transactionId,
        txnType: null,
        merchantNo: isLucky(0.5) ? merchantNo : null,
        merchantTxnId: null,
        responseTime: toText(now()),
        txnTimeZone: '+08:00',
        orderAmount: null,
        orderCurrency: null,
        status: 'F',
        reason: null,
      }))
  }

  /** cancelTxn: what had been paid after all is refunded first, and then reported as canceled. */
  function cancel(order: Order): void {
    order.touchedAt = now()
    const last = lastOpening(order)
    const isLate = last?.status === 'S'
    if (isLate) {
      const refunded = add(order, 'REFUND', 'S', { originTransactionId: last.transactionId })
      if (isLucky(0.5)) sendTransaction(order, refunded)
    } else {
      order.isClosed = true
      if (last) last.status = 'N'
    }
    const id = last?.transactionId ?? order.firstId
    send(id, () => ({
      ...common(order, 'CANCEL'),
      transactionId: id,
      txnType: order.isAuth ? 'AUTH' : 'SALE',
      status: 'S',
    }))
  }

  /** A timeout closes an order: after no attempt, or after several that failed. */
  function close(order: Order): void {
    order.touchedAt = now()
    order.isClosed = true
    const last = lastOpening(order)
    if (last?.status === 'R' || last?.status === 'U') last.status = 'N'
    if (last) sendTransaction(order, last)
    else
      send(order.firstId, () => ({
        ...common(order, 'TXN'),
        transactionId: order.firstId,
        txnType: order.isAuth ? 'AUTH' : 'SALE',
        status: 'N',
      }))
  }

  /** A client's sandbox record: a card that is kept while paying, or while an attempt fails, is a transaction of its own. */
  function keepCard(order: Order, status: 'S' | 'F'): void {
    const card = add(order, 'BIND_CARD', status, { amount: 0, merchantTxnId: order.reference })
    sendTransaction(order, card)
  }

  function dispute(order: Order, status: string): void {
    order.touchedAt = now()
    const [open] = order.chargebacks
    // The id of a notice is its own; whether a later notice repeats it is on no page.
    const chargeback = open && isLucky(0.5) ? open : { id: createId(), importTime: now(), status }
    chargeback.status = status
    if (chargeback !== open) order.chargebacks.push(chargeback)
    if (open) open.status = status
    const origin = paidOf(order)
    send(chargeback.id, () => {
      const { status: _, txnType: __, ...fields } = common(order, 'CHARGEBACK')
      return {
        ...fields,
        transactionId: chargeback.id,
        originTransactionId: origin?.transactionId ?? null,
        originMerchantTxnId: order.reference,
        merchantTxnId: order.namesOrder ? order.reference : null,
        chargebackStatus: chargeback.status,
        chargebackAmount: toDecimal(order.amount),
        chargebackCurrency: order.currency,
        chargebackReason: 'Goods not received',
        importTime: toText(chargeback.importTime),
        appealDueTime: toText(chargeback.importTime + 14 * 86_400_000),
      }
    })
  }

  /** Pre-dispute page: names and a zone field of its own. */
  function warn(order: Order): void {
    const id = createId()
    send(id, () => ({
      notifyType: 'PRE_DISPUTE',
      transactionId: id,
      predisputeId: id,
      merchantNo,
      originTransactionId: paidOf(order)?.transactionId ?? null,
      originMerchantTxnId: order.reference,
      merchantTxnId: order.namesOrder ? order.reference : null,
      amount: toDecimal(order.amount),
      currency: order.currency,
      reasonCode: '10.4',
      receivedTime: toText(now()),
      timeZone: '+08:00',
    }))
  }

  // What Onerway says.

  function send(transactionId: string, content: () => Fields): void {
    notify({
      transactionId,
      request() {
        const fields = content()
        const signs = secrets.map((secret) => signatureOf(fields, secret, (name) => unsigned.has(name)))
        // Newer deliveries have a header, with one signature for each valid key. The body has that of the newest.
        const signature = signs.map((sign) => `v1=${sign}`).join(', ')
        return {
          body: JSON.stringify({ ...fields, sign: signs.at(-1) }),
          headers: secrets.length > 1 && isLucky(0.5) ? { 'X-Rh-Signature': signature } : {},
        }
      },
    })
  }

  function sendTransaction(order: Order, transaction: Transaction): void {
    const { transactionId, txnType } = transaction
    const isLater = !isOpening(transaction) && txnType !== 'BIND_CARD'
    const name = order.namesOrder ? order.reference : transaction.merchantTxnId
    send(transactionId, () => ({
      ...common(order, 'TXN'),
      transactionId,
      txnType,
      status: transaction.status,
      reason: transaction.reason,
      merchantTxnId: isLater ? name : transaction.merchantTxnId,
      originTransactionId: transaction.originTransactionId,
      originMerchantTxnId: isLater ? order.reference : null,
      txnTime: isLater ? null : toText(transaction.at),
      orderAmount: toDecimal(transaction.amount),
      ...(isLater && isHosted && isLucky(0.3) ? { paymentStatus: null } : {}),
    }))
  }

  function common(order: Order, notifyType: string): Record<string, Value> {
    return {
      notifyType,
      merchantNo,
      merchantTxnId: order.reference,
      responseTime: toText(now()),
      txnTime: toText(order.createdAt),
      txnTimeZone: '+08:00',
      orderAmount: toDecimal(order.amount),
      orderCurrency: order.currency,
      reason: null,
      paymentMethod: 'VISA',
      cardBinCountry: 'DE',
      eci: null,
      paymentId: isHosted ? order.paymentId : null,
      paymentStatus: isHosted ? wordOf(order) : null,
      // Notices of 2026.
      scenarios: null,
      metaData: null,
      products: null,
      dataStatus: null,
      subscriptionStatus: null,
      contractId: '',
      tokenId: '',
    }
  }

  /** Payment query page: the word for the whole payment. */
  function wordOf(order: Order): string {
    const last = (type: string) =>
      order.transactions.findLast((one) => one.txnType === type && one.status === 'S')
    if (last('VOID')) return 'N'
    if (last('CAPTURE')) return 'S'
    if (paidOf(order)) return order.isAuth ? 'A' : 'S'
    if (order.isClosed) return 'N'
    const opening = lastOpening(order)
    return opening === undefined ? 'U' : opening.status === 'F' ? 'O' : opening.status
  }

  function rowOf(order: Order, transaction: Transaction): Fields {
    const { txnType, amount, isLocalMethod } = transaction
    const isLater = !isOpening(transaction) && txnType !== 'BIND_CARD'
    const paymentId = isHosted && !(order.isClosed && order.losesPaymentId) ? order.paymentId : null
    return {
      transactionId: transaction.transactionId,
      merchantTxnId: transaction.merchantTxnId,
      originTransactionId: transaction.originTransactionId,
      txnType,
      status: transaction.status,
      paymentId,
      // A sandbox record: captures and voids carry none.
      paymentStatus: isHosted && !isLater ? wordOf(order) : null,
      txnTime: toText(transaction.at),
      orderAmount: toDecimal(amount),
      orderCurrency: order.currency,
      txnAmount: null,
      txnCurrency: null,
      settleRate: null,
      paymentMethod: isLocalMethod ? 'OXXO' : 'VISA',
      productType: isLocalMethod ? 'LPMS' : 'CARD',
      subProductType: isHosted ? 'CASHIER' : 'DIRECT',
      walletTypeName: null,
      cardBinCountry: 'DE',
      reason: transaction.reason,
      eci: null,
    }
  }

  function paymentRowOf(order: Order): Fields {
    const isWhole = ({ txnType }: Transaction) => txnType !== 'REFUND' && txnType !== 'BIND_CARD'
    return {
      paymentId: order.paymentId,
      paymentStatus: wordOf(order),
      lastTransactionId: order.transactions.findLast(isWhole)?.transactionId ?? null,
      merchantTxnId: order.reference,
      appId: '1727880846378401792',
      orderAmount: toDecimal(order.amount),
      orderCurrency: order.currency,
    }
  }

  /** Direct card payments and hosted payments: the answer to the create call. */
  function answerOf(order: Order): unknown {
    const [transaction] = order.transactions
    const status = transaction?.status ?? 'U'
    const needsShopper = status === 'R' || status === 'U'
    const data = {
      transactionId: order.firstId,
      responseTime: toText(now()),
      txnTime: toText(order.createdAt),
      txnTimeZone: '+08:00',
      orderAmount: toDecimal(order.amount),
      orderCurrency: order.currency,
      txnAmount: null,
      txnCurrency: null,
      status,
      redirectUrl: needsShopper ? `https://sandbox-checkout.onerway.com/${order.firstId}` : null,
      actionType: needsShopper ? 'RedirectURL' : null,
      eci: null,
      ...(isHosted ? { paymentId: order.paymentId, paymentStatus: wordOf(order) } : {}),
    }
    return { respCode: status === 'F' ? '12003' : '20000', respMsg: 'answered', data }
  }

  function returnUrlOf(order: Order, base: string): string {
    const url = new URL(base)
    const last = lastOpening(order)
    url.searchParams.set('transactionId', last?.transactionId ?? order.firstId)
    url.searchParams.set('merchantTxnId', order.reference)
    url.searchParams.set('status', last?.status ?? 'U')
    // As it is delivered: with a raw plus in the zone.
    return `${url.href}&txnTimeZone=+08:00`
  }

  function truthOf(order: Order): Truth {
    const succeeded = (type: Transaction['txnType']) =>
      order.transactions.filter((one) => one.txnType === type && one.status === 'S')
    const sum = (all: readonly Transaction[]) => all.reduce((total, { amount }) => total + amount, 0)
    const refunded = sum(succeeded('REFUND'))
    const captured = Math.min(sum([...succeeded('SALE'), ...succeeded('CAPTURE')]), order.amount)
    const isDisputed = order.chargebacks.length > 0
    const status = () => {
      if (captured > 0)
        return refunded >= captured ? 'refunded' : refunded > 0 ? 'partially_refunded' : 'captured'
      if (succeeded('VOID').length > 0) return 'canceled'
      if (succeeded('AUTH').length > 0) return 'authorized'
      if (order.isClosed) return 'canceled'
      const last = lastOpening(order)
      if (last?.status === 'R') return 'requires_action'
      if (last?.status === 'P') return 'processing'
      if (last?.status === 'F') return isHosted ? 'open' : 'failed'
      return 'open'
    }
    return { status: status(), captured, refunded, isDisputed }
  }

  // The query API.

  function answer(path: string, fields: Record<string, string>): unknown {
    const isMine = fields.merchantNo === merchantNo
    const isSigned = secrets.some(
      (secret) => fields.sign === signatureOf(fields, secret, (name) => name === 'sign'),
    )
    if (!isMine || !isSigned) return { respCode: '13001', respMsg: 'signature', data: null }
    requests[fields.startTime || fields.importTimeStart ? 'lists' : 'lookups']++
    const isListed = (list: string | undefined, value: Value | undefined) =>
      !list || list.split(',').includes(value ?? '-')
    const isWithin = (from: string | undefined, to: string | undefined, time: Value | undefined) =>
      (!from || (time ?? '') >= from) && (!to || (time ?? '') <= to)
    if (path === '/v1/chargeback/list')
      return toPage(
        orders.flatMap((order) =>
          order.chargebacks
            .map(({ id, importTime, status }) => ({
              chargebackId: id,
              chargebackStatus: status,
              importTime: toText(importTime),
              chargebackAmount: toDecimal(order.amount),
              chargebackCurrency: order.currency,
              chargebackReason: 'Goods not received',
              appealDueTime: toText(importTime + 14 * 86_400_000),
              merchantTxnId: order.reference,
              originTransactionId: paidOf(order)?.transactionId ?? '',
            }))
            .filter((row) => isWithin(fields.importTimeStart, fields.importTimeEnd, row.importTime)),
        ),
        fields,
      )
    const isAskedFor = ['paymentId', 'transactionIds', 'merchantTxnIds', 'startTime'].some(
      (name) => fields[name],
    )
    if (!isAskedFor) return { respCode: '13000', respMsg: 'a filter is missing', data: null }
    const rows = orders.flatMap((order) =>
      order.transactions.map((one) => ({ order, row: rowOf(order, one) })),
    )
    if (path === '/v1/txn/list') {
      const found = rows.filter(
        ({ row }) =>
          isListed(fields.transactionIds, row.transactionId) &&
          isListed(fields.merchantTxnIds, row.merchantTxnId) &&
          isListed(fields.txnTypes, row.txnType) &&
          isWithin(fields.startTime, fields.endTime, row.txnTime),
      )
      const newestFirst = found
        .map(({ row }) => row)
        .toSorted((a, b) => (`${a.txnTime}` < `${b.txnTime}` ? 1 : -1))
      return toPage(shift(newestFirst, fields), fields)
    }
    if (path !== '/v1/txn/queryPayments') return { respCode: '13000', respMsg: 'no such query', data: null }
    if (!isHosted) return toPage([], fields)
    const found = orders.filter(
      (order) =>
        isListed(fields.paymentId, order.paymentId) &&
        isListed(fields.merchantTxnIds, order.reference) &&
        (!fields.transactionIds ||
          order.transactions.some(({ transactionId }) => isListed(fields.transactionIds, transactionId))) &&
        isWithin(fields.startTime, fields.endTime, toText(order.createdAt)),
    )
    return toPage(found.map(paymentRowOf), fields)
  }

  /** Rows come and go while a list is read: a hosted row's txnTime moves when the shopper pays. */
  function shift(rows: readonly Fields[], { current = '1', startTime }: Record<string, string>) {
    if (!startTime || rows.length <= PAGE || !isInTrouble()) return rows
    const [first, ...others] = rows
    // On its first page one is not there yet, or on a later one it is gone.
    return current === '1' || !first ? others : rows.filter((row) => row !== first)
  }

  function isInTrouble(): boolean {
    return troubles !== undefined && troubles.random() < troubles.share
  }

  /** Status updates page: frequent queries are limited. The form of such an answer, and of a fault, is on no page. */
  function answerInTrouble({ random: pick }: Troubles): readonly [number, Record<string, string>, string] {
    const json = { 'content-type': 'application/json' }
    const answers: readonly (readonly [number, Record<string, string>, string])[] = [
      [429, { 'retry-after': String(1 + Math.floor(pick() * 60)) }, ''],
      [429, {}, ''],
      [200, json, JSON.stringify({ respCode: '11001', respMsg: 'System error', data: null })],
      [200, { 'content-type': 'text/html' }, '<html>Maintenance</html>'],
      [502, { 'content-type': 'text/html' }, '<html>Bad gateway</html>'],
    ]
    return answers[Math.floor(pick() * answers.length)] as (typeof answers)[number]
  }

  function toPage(
    found: readonly Fields[],
    { current = '1', size = `${PAGE}` }: Record<string, string>,
  ): unknown {
    const start = Math.max(0, Number(current) - 1) * Number(size)
    return {
      respCode: '20000',
      respMsg: 'Success',
      data: {
        content: found.slice(start, start + Number(size)),
        current,
        size,
        totalPages: Math.ceil(found.length / Number(size)),
        totalElements: String(found.length),
      },
    }
  }

  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    if (troubles && isInTrouble()) {
      const [status, headers, text] = answerInTrouble(troubles)
      response.writeHead(status, headers).end(text)
      return
    }
    const isJson = request.method === 'POST' && request.headers['content-type'] === 'application/json'
    const content = isJson
      ? answer(request.url ?? '', JSON.parse(body) as Record<string, string>)
      : { respCode: '13000', respMsg: 'content type', data: null }
    response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(content))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders,
    requests,
    create,
    attempt,
    settle,
    capture,
    releaseHold,
    refund,
    endRefund,
    cancel,
    close,
    keepCard,
    dispute,
    warn,
    answerOf,
    returnUrlOf,
    truthOf,
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function isOpening({ txnType }: Transaction): boolean {
  return txnType === 'SALE' || txnType === 'AUTH'
}

function lastOpening({ transactions }: Order): Transaction | undefined {
  return transactions.findLast(isOpening)
}

/** The attempt that took or holds the money. */
function paidOf({ transactions }: Order): Transaction | undefined {
  return transactions.find((one) => isOpening(one) && one.status === 'S')
}
