/** The hash slots of a Redis Cluster. */
export const SLOTS = 16_384;

/**
 * The slot of a key: CRC16 (XMODEM) of the hash tag, which is what stands in its first braces
 * unless that is nothing, else of the whole key (Redis Cluster specification, "Key distribution
 * model").
 */
export function keySlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(/^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
  }
  return crc % SLOTS;
}
