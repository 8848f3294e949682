import type { Rule } from '#shared/domain/rule.ts';
import type { StoredRecord, TopicRecord } from '#shared/kafka/topic.ts';
import { type Ledger, RETRYABLE } from '../checks/ledger.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Trace } from '../kernel/trace.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { SimTotals } from '../redis/sim-totals.ts';
import type { Dispatchers } from './dispatchers.ts';
import type { SimGroup } from './sim-group.ts';
import type { SimTopics, TopicName } from './sim-topics.ts';

type Delivered = 'transactions' | 'fraud';
type Ordering = 'ordered' | 'unordered';

export interface OperatorParts {
  readonly rule: Rule;
  readonly ledger: Ledger;
  readonly topics: SimTopics;
  readonly totals: SimTotals;
  readonly ordering: Ordering;
  readonly lines: Readonly<Record<Delivered, { group: SimGroup; dispatchers: Dispatchers }>>;
  readonly dispatchersOf: (topic: Delivered) => number;
  /** False while something is away that what is sent again would need. */
  readonly isHealthy: () => boolean;
  /** When a record that names this transaction was first written. */
  readonly writtenMs: ReadonlyMap<string, number>;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
}

/** What people do when something was lost, as docs/reliability.md tells them to. */
export interface Operator {
  /** Redis came back without what it held after this moment. */
  noticeLoss(sinceMs: number): void;
  /** A record was given up by the function and by the dead-letter sink. */
  noticeGivenUp(record: StoredRecord): void;
  /** Reads the topic again for no reason. */
  reread(sinceMs: number): void;
  readonly isIdle: boolean;
  /** How dispatchers that start now deliver: in order while a topic is read again. */
  readonly ordering: Ordering;
}

const TICK_MS = 10_000;
/** Until the loss is noticed. */
const NOTICE_MS = { min: 10_000, max: 240_000 };
/** Until nothing is under way any more: a slow request, and a slow call of the pod behind it. */
const QUIET_MS = 90_000;
/** What delivery and score add to an event on its way into the dead-letter topic. */
const ADDED = /^ce_(?:knative.*|reason|detail)$/;

export function createOperator(parts: OperatorParts): Operator {
  const { rule, ledger, topics, totals, lines, time, chance, trace } = parts;
  const reachMs = rule.windowMs + rule.allowedLatenessMs;
  const seenLetters = new Map<TopicName, bigint[]>();
  const waitingLetters: { readonly to: Delivered; readonly record: TopicRecord }[] = [];
  let isWorking = false;
  let { ordering } = parts;
  /** Up to where the topic has to be read in order. */
  let ends: readonly bigint[] = [];
  let repairs = 0;
  let wanted: { isEmptied: boolean; fromMs: Record<Delivered, number>; dueMs: number } | undefined;

  const want = (topic: Delivered, fromMs: number, isEmptied: boolean): void => {
    const never = Number.POSITIVE_INFINITY;
    wanted ??= {
      isEmptied: false,
      fromMs: { transactions: never, fraud: never },
      dueMs: time.nowMs + chance.between(`notice ${++repairs}`, NOTICE_MS.min, NOTICE_MS.max),
    };
    wanted.fromMs[topic] = Math.min(wanted.fromMs[topic], fromMs);
    wanted.isEmptied ||= isEmptied;
  };

  const stop = async (topic: Delivered): Promise<void> => {
    const { dispatchers } = lines[topic];
    dispatchers.retire();
    await Promise.all(
      [...dispatchers.running].map(async ({ process, runs }) => {
        const ended = new Promise<void>((resolve) => process.onEnd(resolve));
        await Promise.race([ended, runs.then((source) => source.stop())]);
        process.end();
      }),
    );
  };
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => void time.after(ms, resolve));

  /** The oldest record that nobody has acknowledged: what is before it has been counted. */
  const oldestOpenMs = (): number => {
    let oldestMs = time.nowMs;
    const { group } = lines.transactions;
    for (const [partition, log] of topics.logs('transactions').entries()) {
      const next = log.read(group.committed[partition] as bigint, 1)[0];
      oldestMs = Math.min(oldestMs, next?.timestampMs ?? oldestMs);
    }
    for (const id of ledger.plan.transactions.keys()) {
      const isOpen = ledger.letters.has(id) && !ledger.acknowledged.has(id);
      if (isOpen) oldestMs = Math.min(oldestMs, parts.writtenMs.get(id) as number);
    }
    return oldestMs;
  };
  const seek = (topic: Delivered, fromMs: number): void => {
    for (const [partition, log] of topics.logs(topic).entries()) {
      const records = log.read(0n, Number(log.endOffset));
      const first = records.find(({ timestampMs }) => timestampMs >= fromMs);
      const { committed } = lines[topic].group;
      const offset = first?.offset ?? log.endOffset;
      if (offset < (committed[partition] as bigint)) committed[partition] = offset;
    }
  };

  /** Stops the sources, waits, empties the totals where they are in doubt, reads again. */
  const repair = async ({ isEmptied, fromMs }: NonNullable<typeof wanted>): Promise<void> => {
    trace.say('operator', () => 'stops the sources');
    await Promise.all([stop('transactions'), stop('fraud')]);
    await sleep(QUIET_MS);
    let sinceMs = fromMs.transactions;
    if (isEmptied) {
      sinceMs = Math.min(sinceMs, oldestOpenMs()) - reachMs;
      totals.loseAll();
      ledger.onEmptied(sinceMs);
    }
    seek('transactions', sinceMs);
    seek('fraud', fromMs.fraud);
    trace.say('operator', () => `${isEmptied ? 'empties the totals, ' : ''}reads the topics again`);
    ordering = 'ordered';
    ends = topics.logs('transactions').map(({ endOffset }) => endOffset);
    start('transactions');
    start('fraud');
  };
  const start = (topic: Delivered): void =>
    lines[topic].dispatchers.start(parts.dispatchersOf(topic));
  const hasCaughtUp = (): boolean =>
    ends.every(
      (end, partition) => (lines.transactions.group.committed[partition] as bigint) >= end,
    );

  /** What was read again has been delivered: from here on as usual. */
  const goOnAsUsual = async (): Promise<void> => {
    trace.say('operator', () => 'has caught up, and lets the source deliver as usual');
    ordering = parts.ordering;
    await stop('transactions');
    start('transactions');
  };

  /** Letters that may succeed now go back into the topic that they came from. */
  const takeLetters = (letters: 'transactions-dlq' | 'fraud-dlq', to: Delivered): void => {
    const seen = seenLetters.get(letters) ?? topics.logs(letters).map(() => 0n);
    seenLetters.set(letters, seen);
    for (const [partition, log] of topics.logs(letters).entries()) {
      for (const record of log.read(seen[partition] as bigint, Number(log.endOffset))) {
        seen[partition] = record.offset + 1n;
        if (!RETRYABLE.has(record.headers.ce_reason ?? '')) continue;
        const headers = Object.entries(record.headers).filter(([name]) => !ADDED.test(name));
        const { key, value } = record;
        waitingLetters.push({ to, record: { key, value, headers: Object.fromEntries(headers) } });
      }
    }
  };
  const sendAgain = (): void => {
    for (const { to, record } of waitingLetters.splice(0)) {
      trace.say('operator', () => `sends dead letter ${record.headers.ce_id} again`);
      topics.append(to, record);
    }
  };

  const tick = (): void => {
    time.after(TICK_MS, tick);
    takeLetters('transactions-dlq', 'transactions');
    takeLetters('fraud-dlq', 'fraud');
    if (isWorking || !parts.isHealthy()) return;
    if (wanted === undefined) {
      if (ordering !== parts.ordering && hasCaughtUp()) work(goOnAsUsual());
      else sendAgain();
    } else if (time.nowMs >= wanted.dueMs) {
      work(repair(wanted));
      wanted = undefined;
    }
  };
  const work = (task: Promise<void>): void => {
    isWorking = true;
    void task.then(() => {
      isWorking = false;
    });
  };
  time.after(TICK_MS, tick);

  return {
    get ordering() {
      return ordering;
    },
    get isIdle() {
      return !isWorking && wanted === undefined && waitingLetters.length === 0;
    },
    noticeLoss: (sinceMs) => {
      want('transactions', sinceMs, true);
      want('fraud', 0, true);
    },
    noticeGivenUp: (record) => {
      ledger.onGivenUp(record);
      want(record.topic as Delivered, record.timestampMs, false);
    },
    reread: (sinceMs) => want('transactions', sinceMs - reachMs, false),
  };
}
