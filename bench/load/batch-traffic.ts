import { createHash } from 'node:crypto';
import { TRANSACTION_TYPE } from '#shared/events/transaction-event.ts';
import { uuidOf } from './event-traffic.ts';

/** How transactions are named: by their sender, or as KafkaSource names plain records. */
export type IdKind = 'uuid' | 'record';

export interface PairTraffic {
  /** Set apart from other traffic by this word. */
  readonly run: string;
  readonly pairs: number;
  /** Transactions of each pair in a window, at equal distances. */
  readonly inWindow: number;
  readonly windowMs: number;
  readonly ids: IdKind;
}

const START_MS = Date.UTC(2026, 0, 5, 9);
const RECORD_SOURCE = '/apis/v1/namespaces/splitwatch/kafkasources/transactions#transactions';

/** The n-th transaction of every pair, one after the other, as items of a batch. */
export function transactionsOfAll(traffic: PairTraffic, n: number): string[] {
  return Array.from({ length: traffic.pairs }, (_, pair) => batchItem(traffic, pair, n));
}

/** One CloudEvent of a batch, as JSON. Its amount is small: the pair never crosses the line. */
function batchItem(traffic: PairTraffic, pair: number, n: number): string {
  const { run, inWindow, windowMs, ids } = traffic;
  const accounts = createHash('md5').update(`${run}/${pair}`).digest();
  const number = pair + n * traffic.pairs;
  const name =
    ids === 'uuid'
      ? { source: '/bank/a', id: uuidOf(createHash('md5').update(`${run}//${number}`).digest()) }
      : { source: RECORD_SOURCE, id: `partition:${pair % 6}/offset:${1_000_000 + number}` };
  return JSON.stringify({
    ...{ specversion: '1.0', type: TRANSACTION_TYPE, ...name },
    data: {
      timestamp: new Date(START_MS + Math.floor((n * windowMs) / inWindow)).toISOString(),
      origin: String(accounts.readUInt32LE() % 1e8).padStart(8, '0'),
      target: String(accounts.readUInt32LE(4) % 1e8).padStart(8, '0'),
      amount: '0.50',
    },
  });
}

/** Bodies of at most so many items, in order. */
export function inBatches(items: readonly string[], size: number): string[] {
  const bodies: string[] = [];
  for (let at = 0; at < items.length; at += size) {
    bodies.push(`[${items.slice(at, at + size).join(',')}]`);
  }
  return bodies;
}
