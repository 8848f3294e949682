import { setTimeout as sleep } from 'node:timers/promises';
import type { Epoch } from '#shared/journal/epoch.ts';
import type { PartitionSpan, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import { ruleMark } from '../../functions/score/store/rule-mark.ts';
import { KEY_PREFIX } from '../../functions/score/store/scripted-store.ts';
import type { SourceName } from '../eventing/record-to-event.ts';
import { postBatchAgain, postOneAgain } from './post-again.ts';
import { planRebuild, type RebuildPlan } from './rebuild-plan.ts';
import { askRule, type ScoreRule } from './score-rule.ts';
import {
  abandonRebuild,
  beginRebuild,
  emptyTotals,
  endRebuild,
  readStanding,
} from './score-state.ts';

export interface RebuildOptions {
  readonly history: TopicHistory;
  readonly redis: Pick<RedisConnection, 'call' | 'askMasters'>;
  /** Topic, event path and token of score. */
  readonly score: Target;
  /**
   * The same of notify, whose alerts are read again from the beginning; undefined: they are not.
   */
  readonly alerts?: Target;
  /** The KafkaSource: its name is part of the ids of plain records. */
  readonly source: SourceName;
  /** Read again all records since then, epoch milliseconds, instead of what is needed. */
  readonly fromMs?: number;
  /** Empty the totals although nothing is known to be lost. */
  readonly isForced?: boolean;
  /**
   * Before the totals are emptied: until every process of score has heard and has ended what it
   * was about, milliseconds; longer than its REQUEST_TIMEOUT_MS.
   */
  readonly quietMs: number;
  /**
   * Stops what delivers to score while its totals are being made anew, and resolves with what
   * starts it again, which is called however this ends.
   */
  readonly pause?: () => Promise<() => Promise<void>>;
  readonly now: () => number;
  readonly makeId: () => string;
  readonly signal: AbortSignal;
  readonly report: RebuildReport;
}

export interface Target {
  readonly topic: string;
  readonly url: string;
  readonly token?: string | undefined;
}

export interface RebuildReport {
  /** One sentence about what begins. */
  readonly say: (sentence: string) => void;
  readonly progress: (what: string, done: number, all: number) => void;
}

export interface Rebuilt {
  /** Whether totals were emptied and read again; else nothing was lost, and nothing changed. */
  readonly wasRepaired: boolean;
  readonly pairs: number;
  /** Transactions that score took, those that it knew included. */
  readonly accepted: number;
  /** As late, or for what they are: they were refused the first time. */
  readonly refused: number;
  readonly alerts: number;
}

/** Records of one batch; below score's MAX_BATCH_EVENTS and MAX_BATCH_BYTES with room. */
const BATCH_RECORDS = 250;
const BATCH_BYTES = 400_000;
/** A pod of score that is not ready may take so long to be asked. */
const SCORE_PATIENCE_MS = 60_000;
/** Partitions that are read side by side. */
const PARTITIONS_AT_ONCE = 6;

/**
 * Repairs totals that were lost (L3): has score take nothing but this, empties what is left of the
 * totals, posts what the topic has of all that they would still know, each pair in order, and then
 * opens score to everybody again. Where nothing was lost it only posts, which changes nothing.
 *
 * @throws Error in words; when totals had been emptied by then, score goes on refusing, and says
 * so, until a rebuild has come to its end.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { redis, report, score, signal } = options;
  const standing = await readStanding(redis, KEY_PREFIX);
  const wasLost = standing.loss !== undefined || standing.epoch?.isRebuilding === true;
  // What is named wrongly shows before anything is changed.
  if ((await options.history.spans(score.topic)) === undefined) throw noTopic(score.topic);
  const asked = await askRule(score, signal, SCORE_PATIENCE_MS);
  if (!wasLost && !options.isForced) {
    report.say('nothing is known to be lost: what is read again will change nothing');
    const { posted } = await readAll(options, asked, undefined);
    return { wasRepaired: false, ...posted, alerts: await readAlerts(options) };
  }
  report.say(`lost: ${standing.loss ?? 'a rebuild was not ended, or this one is forced'}`);
  const resume = await options.pause?.();
  try {
    return await repair(options, asked);
  } finally {
    await resume?.();
  }
}

async function repair(options: RebuildOptions, asked: ScoreRule): Promise<Rebuilt> {
  const { redis, report, signal } = options;
  const epoch: Epoch = { id: options.makeId(), madeBy: 'rebuild', sinceMs: options.now() };
  await beginRebuild(redis, KEY_PREFIX, epoch);
  try {
    report.say(`score takes nothing else now; waiting ${options.quietMs / 1000} s for its answers`);
    await sleep(options.quietMs, undefined, { signal });
    const gone = await emptyTotals(redis, { keyPrefix: KEY_PREFIX, mark: ruleMark(asked.rule) });
    report.say(`${gone} keys of totals emptied`);
    const { posted, reach } = await readAll(options, asked, epoch.id);
    const alerts = await readAlerts(options);
    await endRebuild(redis, KEY_PREFIX, { ...epoch, ...reach });
    return { wasRepaired: true, ...posted, alerts };
  } catch (error) {
    await abandonRebuild(redis, KEY_PREFIX, epoch).catch(() => {});
    throw error;
  }
}

/** Has score go on with what Redis has, as if nothing had been lost. */
export async function acceptLoss(
  options: Pick<RebuildOptions, 'redis' | 'now' | 'makeId'>,
): Promise<void> {
  const { redis, now, makeId } = options;
  await endRebuild(redis, KEY_PREFIX, { id: makeId(), madeBy: 'rebuild', sinceMs: now() });
}

/** Reads what is needed, and what was written meanwhile, until there is nothing more. */
async function readAll(
  options: RebuildOptions,
  asked: ScoreRule,
  rebuildId: string | undefined,
): Promise<{
  posted: Pick<Rebuilt, 'pairs' | 'accepted' | 'refused'>;
  reach: Pick<Epoch, 'begins' | 'ends'>;
}> {
  const { history, score, report } = options;
  const plan = await makePlan(options, asked);
  const begins = Object.fromEntries(
    plan.spans.map(({ partition, begin }) => [partition, Number(begin)]),
  );
  let posted = { accepted: 0, refused: 0 };
  let spans = plan.spans;
  while (spans.some(({ begin, end }) => begin < end)) {
    const some = await readSpans(options, spans, plan, rebuildId);
    posted = {
      accepted: posted.accepted + some.accepted,
      refused: posted.refused + some.refused,
    };
    if (rebuildId === undefined) break; // what comes meanwhile goes its usual way
    report.say('looking for what was written meanwhile');
    const now = (await history.spans(score.topic)) ?? [];
    const behind = new Map(spans.map(({ partition, end }) => [partition, end]));
    spans = now.map((span) => ({ ...span, begin: behind.get(span.partition) ?? span.begin }));
  }
  const ends = Object.fromEntries(spans.map(({ partition, end }) => [partition, Number(end)]));
  return { posted: { pairs: plan.pairs, ...posted }, reach: { begins, ends } };
}

async function makePlan(options: RebuildOptions, asked: ScoreRule): Promise<RebuildPlan> {
  const { history, score, source, fromMs, signal, report } = options;
  const { rule, maxFutureMs, stateTtlMs } = asked;
  report.say(`looking through topic ${score.topic} for where each pair has to begin`);
  const onProgress = (passed: bigint, all: bigint): void =>
    report.progress('looking', Number(passed), Number(all));
  const plan = await planRebuild({
    ...{ history, topic: score.topic, source, rule, maxFutureMs },
    sinceMs: fromMs ?? options.now() - stateTtlMs,
    isWhole: fromMs !== undefined,
    options: { signal, onProgress },
  });
  if (plan === undefined) throw noTopic(score.topic);
  return plan;
}

function noTopic(topic: string): Error {
  return new Error(`there is no topic ${topic}: name it by --topic`);
}

async function readSpans(
  options: RebuildOptions,
  spans: readonly PartitionSpan[],
  { isNeeded }: RebuildPlan,
  rebuildId: string | undefined,
): Promise<{ accepted: number; refused: number }> {
  const { history, score, source, signal, report } = options;
  const sum = { accepted: 0, refused: 0 };
  const all = spans.reduce((total, { begin, end }) => total + Number(end - begin), 0);
  const passed = new Map<number, number>();
  const left = [...spans];
  const readOne = async (span: PartitionSpan): Promise<void> => {
    const onRecords = async (records: readonly StoredRecord[]): Promise<void> => {
      for (const batch of inBatches(records.filter(isNeeded))) {
        const target = { ...score, rebuildId, source, signal };
        const { accepted, refused } = await postBatchAgain(batch, target);
        sum.accepted += accepted;
        sum.refused += refused;
      }
    };
    const onProgress = (done: bigint): void => {
      passed.set(span.partition, Number(done));
      report.progress(
        'reading again',
        [...passed.values()].reduce((a, b) => a + b, 0),
        all,
      );
    };
    await history.read(score.topic, [span], onRecords, { signal, onProgress });
  };
  const work = async (): Promise<void> => {
    for (let span = left.shift(); span !== undefined; span = left.shift()) await readOne(span);
  };
  await Promise.all(Array.from({ length: PARTITIONS_AT_ONCE }, work));
  return sum;
}

function* inBatches(records: readonly StoredRecord[]): Generator<readonly StoredRecord[]> {
  let batch: StoredRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    if (batch.length === BATCH_RECORDS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Alerts are upserted by id and sequence, so those that notify has stay as they are. */
async function readAlerts(options: RebuildOptions): Promise<number> {
  const { history, alerts, source, signal, report } = options;
  if (alerts === undefined) return 0;
  const spans = await history.spans(alerts.topic);
  if (spans === undefined) return 0;
  report.say(`reading topic ${alerts.topic} again for the alerts`);
  let count = 0;
  const target = { ...alerts, rebuildId: undefined, source, signal };
  const onRecords = async (records: readonly StoredRecord[]): Promise<void> => {
    for (const record of records) count += (await postOneAgain(record, target)).accepted;
  };
  const onProgress = (passed: bigint, all: bigint): void =>
    report.progress('alerts', Number(passed), Number(all));
  await history.read(alerts.topic, spans, onRecords, { signal, onProgress });
  return count;
}
