import { setTimeout as sleep } from 'node:timers/promises';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord, TopicWriter } from '#shared/kafka/topic.ts';
import { type Delivery, traffic } from '../../functions/generate/core/traffic.ts';
import { CHAOS_RULE, REACH_MS } from './chaos-rule.ts';
import { POISON_EVERY, poisonRecord } from './poison.ts';

export interface SteadyLoadOptions {
  readonly writer: TopicWriter;
  readonly topic: string;
  readonly seed: number;
  readonly ratePerSecond: number;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
}

export interface SteadyLoad {
  /** Writes what would have come before now, further back than the totals reach. */
  writePast(): Promise<void>;
  /** Writes from now on, until paused. What Kafka does not take is written again until it does. */
  resume(): void;
  /** Resolves when all that was begun is in the topic. */
  pause(): Promise<void>;
  /** Records that Kafka has acknowledged. */
  readonly written: number;
}

const ACCOUNTS = 600;
/** Much, so that the sink and notify have something to do. */
const PLANTED_SHARE = 0.3;
const PAST_RATE_PER_SECOND = 12;
const PAST_MS = REACH_MS + 30_000;
const TICK_MS = 50;
const RETRY_MS = 200;

/**
 * Traffic with planted cases, repeats, disorder and poison: the same transactions for the same
 * seed. Only their times are the clock's, and stand still while it is paused, so that a pause looks
 * like a night: nothing of the pair's order or distances within a stretch changes.
 */
export function createSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const { writer, topic, seed, ratePerSecond, now } = options;
  let written = 0;
  const write = async (records: readonly TopicRecord[]): Promise<void> => {
    for (let isDone = records.length === 0; !isDone; ) {
      isDone = await writer.write(topic, records).then(
        () => true,
        () => false,
      );
      if (!isDone) await sleep(RETRY_MS);
    }
    written += records.length;
  };
  const poison = createPoisoner(now);
  const live = dueDeliveries({ seed, ratePerSecond });
  const eventTimes = new Map<string, number>();
  let playedMs = 0;
  let resumedAtMs = 0;
  let isRunning = false;
  let running: Promise<void> = Promise.resolve();

  /** Of its first delivery; one that is repeated after a pause keeps it. */
  const eventTimeOf = ({ eventId, transaction }: Delivery): number => {
    const timeMs = eventTimes.get(eventId) ?? resumedAtMs - playedMs + transaction.eventTimeMs;
    eventTimes.set(eventId, timeMs);
    return timeMs;
  };
  const run = async (): Promise<void> => {
    const startedAtMs = resumedAtMs;
    let elapsedMs = 0;
    while (isRunning) {
      elapsedMs = now() - startedAtMs;
      const due = live.until(playedMs + elapsedMs);
      const records = due.map((one) => toRecord(one, eventTimeOf(one)));
      await write(poison(records));
      await sleep(TICK_MS);
    }
    playedMs += elapsedMs;
  };
  return {
    get written() {
      return written;
    },
    writePast: async () => {
      const past = dueDeliveries({ seed: seed + 1, ratePerSecond: PAST_RATE_PER_SECOND });
      const startMs = now() - PAST_MS;
      const records = past.until(PAST_MS).map((one) => ({
        ...toRecord(one, startMs + one.transaction.eventTimeMs),
        timestampMs: startMs + one.dueMs,
      }));
      for (let i = 0; i < records.length; i += 500) await write(records.slice(i, i + 500));
    },
    resume: () => {
      resumedAtMs = now();
      isRunning = true;
      running = run();
    },
    pause: async () => {
      isRunning = false;
      await running;
    },
  };
}

/** Traffic whose event time begins at 0, taken as far as it is due. */
function dueDeliveries(options: { seed: number; ratePerSecond: number }) {
  const { windowMs, thresholdMinor } = CHAOS_RULE;
  const plan = { windowMs, thresholdMinor, accounts: ACCOUNTS, plantedShare: PLANTED_SHARE };
  const items = traffic({ ...options, ...plan, startTimeMs: 0 });
  let waiting: Delivery | undefined;
  return {
    until(dueMs: number): Delivery[] {
      const due: Delivery[] = [];
      for (;;) {
        if (waiting !== undefined && waiting.dueMs > dueMs) return due;
        if (waiting !== undefined) due.push(waiting);
        const item = items.next().value;
        waiting = item !== undefined && 'delivery' in item ? item.delivery : undefined;
      }
    },
  };
}

function toRecord({ source, eventId, transaction }: Delivery, eventTimeMs: number): TopicRecord {
  return encodeTransactionRecord({ ...transaction, source, eventId, eventTimeMs });
}

/** Puts poison among the records, one in {@link POISON_EVERY}. */
function createPoisoner(now: () => number) {
  let count = 0;
  let number = 0;
  return (records: readonly TopicRecord[]): TopicRecord[] =>
    records.flatMap((record) => {
      count += 1;
      return count % POISON_EVERY === 0 ? [record, poisonRecord(number++, now())] : [record];
    });
}
