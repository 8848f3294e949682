/**
 * The partition that Kafka's default partitioner chooses for a record key, so that a pair lands in
 * the same partition on the laptop as on a broker: murmur2 with Kafka's seed, sign bit cleared,
 * modulo the number of partitions (org.apache.kafka.common.utils.Utils).
 */
export function partitionForKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** 32-bit murmur2 of the bytes, as a signed integer. */
export function murmur2(bytes: Buffer): number {
  let hash = SEED ^ bytes.length;
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(bytes.readInt32LE(i), M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  const left = bytes.length - whole;
  if (left === 3) hash ^= (bytes[whole + 2] as number) << 16;
  if (left >= 2) hash ^= (bytes[whole + 1] as number) << 8;
  if (left >= 1) hash = Math.imul(hash ^ (bytes[whole] as number), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
