import type { Rule } from '#shared/domain/rule.ts';
import { type Transaction, transactionId } from '#shared/domain/transaction.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import type { Faults } from './faults/faults.ts';
import type { Chance } from './kernel/chance.ts';

/** One record that a producer writes, and when. */
export interface PlannedWrite {
  readonly atMs: number;
  readonly record: TopicRecord;
  /** Name of the transaction or of the poison in it. */
  readonly id: string;
}

export interface TrafficPlan {
  readonly transactions: ReadonlyMap<string, Transaction>;
  /** Names of the records that no function can read, each with the reason to be told. */
  readonly poison: ReadonlyMap<string, string>;
  /** In the order of writing. */
  readonly writes: readonly PlannedWrite[];
}

const HOUR_MS = 3_600_000;
const PAIRS_AN_HOUR = 14;
const SOURCE = '/sim';
const LATE_MS = { min: 60_000, max: 18 * 60_000 };
const AGAIN_MS = { min: 0, max: 15 * 60_000 };

/** Time after the one before and amount, of one pair's next transaction; `n` counts from 0. */
type Style = (
  rule: Rule,
  chance: Chance,
  name: string,
  n: number,
) => [gapMs: number, amount: number];

/** Ways in which a pair moves its money, each near an edge of the rule. */
const STYLES: readonly Style[] = [
  // Split evenly; goes over the threshold and on, so that the total doubles.
  ({ thresholdMinor }, chance, name) => [
    chance.between(`gap ${name}`, 10_000, 100_000),
    chance.between(`amount ${name}`, thresholdMinor / 10, thresholdMinor / 2),
  ],
  // Exactly the threshold, and exactly a window apart; a cent more now and then.
  ({ thresholdMinor, windowMs }, chance, name, n) => [
    [windowMs / 3, windowMs / 3, windowMs / 3, 1, 0][chance.between(`gap ${name}`, 0, 4)] as number,
    thresholdMinor / 4 + (n % 7 === 6 ? 1 : 0),
  ],
  // Bursts with silence between: one episode after another.
  ({ thresholdMinor, windowMs }, chance, name, n) => [
    n % 5 === 0 ? windowMs + chance.between(`gap ${name}`, -1, 1) : 1_000,
    chance.between(`amount ${name}`, thresholdMinor / 5, thresholdMinor / 3),
  ],
  // Little by little, around the threshold: short episodes.
  ({ thresholdMinor, windowMs }, chance, name) => [
    chance.between(`gap ${name}`, 0, windowMs / 3),
    chance.between(`amount ${name}`, 0, thresholdMinor / 2),
  ],
  // Calm: never over the threshold.
  ({ thresholdMinor }, chance, name) => [
    chance.between(`gap ${name}`, 30_000, 300_000),
    chance.between(`amount ${name}`, 0, thresholdMinor / 40),
  ],
];

/** What is written in the given hours: the same for the same seed, whatever else happens. */
export function planTraffic(parts: {
  readonly rule: Rule;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly startMs: number;
  readonly hours: number;
  /** Only these transactions; all unless set. Shrinking sets it. */
  readonly keep: ReadonlySet<string> | undefined;
}): TrafficPlan {
  const { chance, faults, startMs, hours, keep } = parts;
  const transactions = new Map<string, Transaction>();
  const poison = new Map<string, string>();
  const writes: PlannedWrite[] = [];
  for (let pair = 0; pair < hours * PAIRS_AN_HOUR; pair++) {
    for (const transaction of transactionsOf(pair, parts)) {
      const { id } = transaction;
      if (keep !== undefined && !keep.has(id)) continue;
      transactions.set(id, transaction);
      const record = encodeTransactionRecord({
        ...transaction,
        source: SOURCE,
        eventId: short(id),
      });
      let atMs = transaction.eventTimeMs + chance.between(`write ${id}`, 5, 800);
      if (faults.strikes('reorder', id)) atMs += chance.between(`reorder ${id} by`, 5_000, 120_000);
      if (faults.strikes('delay', id)) {
        atMs += chance.between(`delay ${id} by`, LATE_MS.min, LATE_MS.max);
      }
      writes.push({ atMs, record, id });
      if (faults.strikes('duplicate', id)) {
        const againMs = chance.between(`duplicate ${id} after`, AGAIN_MS.min, AGAIN_MS.max);
        writes.push({ atMs: atMs + againMs, record, id });
      }
      if (faults.strikes('poison', id)) {
        const name = `poison-${short(id)}`;
        const made = poisonOf(chance.between(`poison ${id} kind`, 0, 2), name, transaction);
        poison.set(name, made.reason);
        writes.push({ atMs, record: made.record, id: name });
      }
    }
  }
  const endMs = startMs + hours * HOUR_MS;
  const inTime = writes.filter(({ atMs }) => atMs < endMs);
  inTime.sort((a, b) => a.atMs - b.atMs);
  const written = new Set(inTime.map(({ id }) => id));
  for (const id of transactions.keys()) if (!written.has(id)) transactions.delete(id);
  for (const name of poison.keys()) if (!written.has(name)) poison.delete(name);
  return { transactions, poison, writes: inTime };
}

function transactionsOf(
  pair: number,
  parts: { rule: Rule; chance: Chance; startMs: number; hours: number },
): Transaction[] {
  const { rule, chance, startMs } = parts;
  const name = `pair ${pair}`;
  const style = STYLES[chance.between(`style ${name}`, 0, STYLES.length - 1)] as Style;
  const count = chance.between(`count ${name}`, 12, 18);
  const hour = Math.floor(pair / PAIRS_AN_HOUR);
  let timeMs = startMs + hour * HOUR_MS + chance.between(`begin ${name}`, 0, HOUR_MS / 3);
  return Array.from({ length: count }, (_, n): Transaction => {
    const [gapMs, amountMinor] = style(rule, chance, `${name}/${n}`, n);
    timeMs += gapMs;
    return {
      id: transactionId(SOURCE, `tx-${pair}-${n}`),
      ...{ origin: `${pair}`, target: `${pair + 1}`, currency: 'USD' },
      eventTimeMs: timeMs,
      amountMinor,
    };
  });
}

function short(id: string): string {
  return id.slice(SOURCE.length + 1);
}

/** A record that is refused whatever happens: not JSON, a value that is none, a plain text. */
function poisonOf(
  kind: number,
  name: string,
  transaction: Transaction,
): { record: TopicRecord; reason: string } {
  const good = encodeTransactionRecord({ ...transaction, source: SOURCE, eventId: name });
  if (kind === 0) {
    return { record: { ...good, value: Buffer.from(`{"${name}"`) }, reason: 'malformed' };
  }
  if (kind === 1) {
    const value = String(good.value).replace(/"amount":"[^"]*"/, '"amount":"-1"');
    return { record: { ...good, value: Buffer.from(value) }, reason: 'invalid' };
  }
  const headers = { 'content-type': 'text/plain' };
  return { record: { key: null, headers, value: Buffer.from(name) }, reason: 'malformed' };
}
