/** The polynomial of ISO 3309, reflected: the one of zip and PNG. */
const POLYNOMIAL = 0xedb88320

/** Returns the CRC-32 of bytes, as an unsigned number. The platform's own (`node:zlib`) exists on Node only. */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1 ? POLYNOMIAL : 0) ^ (remainder >>> 1)
  return remainder
})
