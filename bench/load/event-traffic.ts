import { createHash } from 'node:crypto';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { eventToPost, recordToEvent } from '../../local/eventing/record-to-event.ts';

export interface TrafficSpec {
  /** Set apart from other traffic by this word: its accounts and ids are others. */
  readonly run: string;
  readonly pairs: number;
  /** Milliseconds of event time from one transaction to the next. */
  readonly stepMs: number;
}

const PARTITIONS = 6;
const START_MS = Date.UTC(2026, 0, 5, 9);
const SOURCE_NAME = { namespace: 'splitwatch', name: 'transactions' };

/**
 * Requests as KafkaSource posts them, one CloudEvent each, whole as they go over the wire: every id
 * another, pairs in no order, offsets one after the other. The same spec makes the same requests.
 */
export function createEventTraffic(spec: TrafficSpec): () => Buffer {
  const offsets = Array.from({ length: PARTITIONS }, () => 0n);
  let n = 0;
  return () => {
    const pair = Math.imul(n, 0x9e3779b1) % spec.pairs;
    const transaction = transactionAt(spec, n, Math.abs(pair));
    n += 1;
    const partition = Math.abs(pair) % PARTITIONS;
    const offset = offsets[partition] as bigint;
    offsets[partition] = offset + 1n;
    const record = { ...encodeTransactionRecord(transaction), topic: 'transactions', partition };
    const stored = { ...record, offset, timestampMs: START_MS };
    const { headers, body } = eventToPost(recordToEvent(stored, SOURCE_NAME), 'splitwatch');
    return requestBytes(headers, body);
  };
}

function transactionAt({ run, stepMs }: TrafficSpec, n: number, pair: number) {
  const random = createHash('md5').update(`${run}/${n}`).digest();
  const account = createHash('md5').update(`${run}/${pair}`).digest().readUInt32LE() % 1e8;
  return {
    origin: String(account).padStart(8, '0'),
    target: String((account + 7919 * (pair + 1)) % 1e8).padStart(8, '0'),
    currency: 'USD',
    // Up to $1,500: a few in a thousand cross the line.
    amountMinor: 100 + (random.readUInt32LE(8) % 150_000),
    source: '/bank/a',
    eventId: uuidOf(random),
    eventTimeMs: START_MS + Math.floor(n * stepMs),
  };
}

export function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** A POST over a connection that is kept. */
export function requestBytes(headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = ['POST / HTTP/1.1', 'host: score.splitwatch.svc.cluster.local'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  lines.push(`content-length: ${body.length}`, '', '');
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]);
}
