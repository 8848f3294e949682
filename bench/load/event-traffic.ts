import { createHash } from 'node:crypto';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { EventTexts } from '../../local/eventing/event-texts.ts';
import { eventToPost, recordToEvent } from '../../local/eventing/record-to-event.ts';

export interface TrafficSpec {
  /** Set apart from other traffic by this word: its accounts and ids are others. */
  readonly run: string;
  readonly pairs: number;
  /** Milliseconds of event time from one transaction to the next. */
  readonly stepMs: number;
  /** So many transactions a request; absent: one, in binary mode. */
  readonly batch?: number;
  /** Where it goes on: as if so many had been sent before. */
  readonly first?: number;
}

const PARTITIONS = 6;
const START_MS = Date.UTC(2026, 0, 5, 9);
const TOPIC = 'transactions';
const SOURCE_NAME = { namespace: 'splitwatch', name: TOPIC };

/**
 * Requests as they go over the wire: one CloudEvent each, as KafkaSource posts them, or batches as
 * the batch source does, each of one partition. Every id is another, pairs come in no order,
 * offsets one after the other. The same spec makes the same requests.
 */
export function createEventTraffic(spec: TrafficSpec): () => Buffer {
  const nextRecord = createRecords(spec);
  if (spec.batch === undefined) {
    return () => {
      const event = recordToEvent(nextRecord(), SOURCE_NAME);
      const { headers, body } = eventToPost(event, SOURCE_NAME.namespace);
      return requestBytes(headers, body);
    };
  }
  const size = spec.batch;
  const waiting = Array.from({ length: PARTITIONS }, (): string[] => []);
  const texts = waiting.map(
    (_, partition) => new EventTexts(SOURCE_NAME, { topic: TOPIC, partition }),
  );
  const headers = { 'content-type': BATCH_MEDIA_TYPE, prefer: 'return=minimal' };
  return () => {
    for (;;) {
      const record = nextRecord();
      const items = waiting[record.partition] as string[];
      items.push(texts[record.partition]?.textOf(record) ?? '');
      if (items.length === size) {
        return requestBytes(headers, Buffer.from(`[${items.splice(0).join(',')}]`));
      }
    }
  };
}

/** The records of the topic, each partition's offsets one after the other. */
function createRecords(spec: TrafficSpec): () => StoredRecord {
  const offsets = Array.from({ length: PARTITIONS }, () => 0n);
  const step = stepThrough(spec.pairs);
  let n = spec.first ?? 0;
  return () => {
    const pair = ((n % spec.pairs) * step) % spec.pairs;
    const partition = pair % PARTITIONS;
    const offset = offsets[partition] as bigint;
    offsets[partition] = offset + 1n;
    const record = encodeTransactionRecord(transactionAt(spec, n, pair));
    n += 1;
    return { ...record, topic: TOPIC, partition, offset, timestampMs: START_MS };
  };
}

/** By which all the pairs are gone through in no order that shows, each once before any twice. */
function stepThrough(pairs: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = Math.max(1, Math.floor(0.618 * pairs));
  while (divisor(step, pairs) !== 1) step += 1;
  return step;
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
