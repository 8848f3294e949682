import type { TopicRecord } from '#shared/kafka/topic.ts';

/** Every so many records one is none that score can take. */
export const POISON_EVERY = 97;

const POISON_KEY = /^poison-\d+ ([a-z]+)$/;

/** What is written, and the reason that its dead letter must give (L4). */
const KINDS: readonly { readonly reason: string; readonly value: (nowMs: number) => string }[] = [
  { reason: 'malformed', value: () => '{"timestamp":' },
  { reason: 'invalid', value: (nowMs) => dataOf(nowMs, '-1') },
  { reason: 'future', value: (nowMs) => dataOf(nowMs + 3_600_000, '1.00') },
  { reason: 'malformed', value: () => 'neither a line nor JSON' },
  { reason: 'invalid', value: (nowMs) => dataOf(nowMs, '1e9') },
];

/** The poison of this number: the same for the same number, but for its time. */
export function poisonRecord(number: number, nowMs: number): TopicRecord {
  const { reason, value } = KINDS[number % KINDS.length] as (typeof KINDS)[number];
  return {
    key: `poison-${number} ${reason}`,
    value: Buffer.from(value(nowMs)),
    headers: { 'content-type': 'application/json' },
  };
}

/** The reason that a record's dead letter must give; undefined where it is no poison. */
export function poisonReason(record: TopicRecord): string | undefined {
  return POISON_KEY.exec(record.key ?? '')?.[1];
}

function dataOf(timeMs: number, amount: string): string {
  const timestamp = new Date(timeMs).toISOString();
  return JSON.stringify({ timestamp, origin: 'p', target: 'q', amount });
}
