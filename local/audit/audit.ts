import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { Epoch } from '#shared/journal/epoch.ts';
import { type Marks, readMarks } from '#shared/journal/read-marks.ts';
import type { KafkaGroups } from '#shared/kafka/kafka-groups.ts';
import type { PartitionSpan, ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import { KEY_PREFIX } from '../../functions/score/store/scripted-store.ts';
import { stateLifeMs } from '../../functions/score/store/state-life.ts';
import type { TotalsStore } from '../../functions/score/totals-store.ts';
import type { SourceName } from '../eventing/record-to-event.ts';
import { readStanding, type ScoreStanding } from '../rebuild/score-state.ts';
import { transactionOfRecord } from '../record-transactions.ts';
import type { AuditReport } from './audit-report.ts';
import { differenceOf, isSameTotal, readTotals } from './compare-totals.ts';
import { type LettersByPlace, readLettersByPlace } from './letters-by-place.ts';
import { SecondLook } from './look-again.ts';
import { markOf, type PartitionFacts } from './offset-kinds.ts';
import { hasOtherRules } from './other-rules.ts';
import { type LogTotal, nameOfPair, PairTotals } from './pair-totals.ts';
import { PartitionLedger } from './partition-ledger.ts';

export interface AuditOptions {
  readonly history: TopicHistory;
  readonly groups: Pick<KafkaGroups, 'committed'>;
  readonly redis: Pick<RedisConnection, 'call' | 'callBinary' | 'askMasters'>;
  /** The totals in the same Redis, under the rule. */
  readonly store: Pick<TotalsStore, 'read'>;
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly group: string;
  readonly rule: Rule;
  /** The rule in words, and who said it: for the report. */
  readonly ruleWords: string;
  /** The KafkaSource, which is part of the ids of plain records; a dead letter's unless set. */
  readonly source?: SourceName | undefined;
  /** Score's STATE_TTL_MS. */
  readonly stateTtlMs: number;
  readonly now: () => number;
  readonly progress: (what: string) => ReadOptions;
}

/** What is known before the topic is read. */
interface Known {
  readonly committed: ReadonlyMap<number, bigint>;
  readonly standing: ScoreStanding;
  readonly marks: Marks;
  readonly letters: LettersByPlace;
}

/**
 * Holds the topic, what score noted, the dead letters and the totals in Redis against each other.
 * Changes nothing, and may run while traffic flows. What the group had gone past is asked for
 * first, what was noted next, the topic's end last: so whatever is found unsettled before the
 * group's offset is so for good, and no record is missing that something was noted about.
 *
 * @throws Error in words where that cannot be said, AppError where Kafka or Redis does not answer.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { history, topic, group, deadLetterTopic, rule, now } = options;
  const known = await askAround(options);
  const spans = await spansToRead(options, known.standing.epoch);
  const ledgers = new Map<number, PartitionLedger>();
  for (const span of spans) {
    const { partition, low, begin, end } = span;
    const numbers = { low: Number(low), begin: Number(begin), end: Number(end) };
    const facts = factsOf(partition, known, options);
    ledgers.set(partition, new PartitionLedger({ partition, ...numbers }, facts));
  }
  const letters = known.letters.source;
  const source = options.source ?? letters ?? { namespace: 'default', name: topic };
  const totals = new PairTotals(rule);
  const take = (record: StoredRecord): void => {
    const ledger = ledgers.get(record.partition) as PartitionLedger;
    const kind = ledger.take(Number(record.offset), record.timestampMs);
    const transaction = kind === 'processed' ? transactionIn(record, source) : undefined;
    if (transaction !== undefined) totals.add(transaction, record.timestampMs);
  };
  const reading = options.progress(topic);
  await history.read(topic, spans, (records) => records.forEach(take), reading);
  const sinceMs = now() - stateLifeMs(rule, options.stateTtlMs);
  const compared = [...totals.totals()].filter(({ newestRecordMs }) => newestRecordMs >= sinceMs);
  const { differing, untold } = await compare(compared, { options, known, spans, source });
  return {
    ...{ topic, group, deadLetterTopic, rule: options.ruleWords },
    partitions: spans.map(({ partition }) => (ledgers.get(partition) as PartitionLedger).account()),
    totals: {
      compared: compared.length,
      idle: totals.size - compared.length,
      untold,
      differences: differing,
    },
    ...remarks(options, known, spans),
  };
}

async function askAround(options: AuditOptions): Promise<Known> {
  const { history, groups, redis, topic, group, deadLetterTopic } = options;
  if ((await history.spans(topic)) === undefined) {
    throw new Error(`there is no topic ${topic}: name it by --topic`);
  }
  const committed = await groups.committed(group, topic);
  const standing = await readStanding(redis, KEY_PREFIX);
  const marks = await readMarks(redis, KEY_PREFIX);
  if (standing.epoch === undefined && marks.size === 0) {
    throw new Error(
      'this Redis has nothing that score noted: it is not the one that score uses (--redis), or ' +
        'score has not run since it notes what it settled, or all was lost (./splitwatch rebuild)',
    );
  }
  if (committed.size === 0 && marks.size > 0) {
    throw new Error(
      `group ${group} has committed nothing of topic ${topic}, but score has settled records: ` +
        "name the KafkaSource's consumer group by --group, or wait for its first commit",
    );
  }
  const reading = options.progress(deadLetterTopic);
  const letters = await readLettersByPlace(history, deadLetterTopic, reading);
  return { committed, standing, marks, letters };
}

interface SpanToRead extends PartitionSpan {
  /** Where the topic begins. */
  readonly low: bigint;
}

/** From what may still be known, or from the last rebuild on, to the end. */
async function spansToRead(
  { history, topic, rule, stateTtlMs, now }: AuditOptions,
  epoch: Epoch | undefined,
): Promise<readonly SpanToRead[]> {
  // Records in the window of one that is still known may be older than it.
  const reachMs = stateLifeMs(rule, stateTtlMs) + rule.windowMs + rule.allowedLatenessMs;
  const known = (await history.spans(topic, Math.max(0, now() - reachMs))) ?? [];
  const whole = new Map((await history.spans(topic))?.map((span) => [span.partition, span]));
  return known.map(({ partition, begin: from, end }) => {
    const low = whole.get(partition)?.begin ?? from;
    const rebuilt = BigInt(epoch?.begins?.[partition] ?? 0);
    const begin = rebuilt > from ? rebuilt : from;
    return { partition, low, end, begin: begin > end ? end : begin };
  });
}

function factsOf(partition: number, known: Known, options: AuditOptions): PartitionFacts {
  const { committed, standing, marks, letters } = known;
  const { rule, stateTtlMs, now } = options;
  return {
    marks: marks.get(partition) ?? [],
    letters: letters.notes.get(partition) ?? new Map(),
    committed: Number(committed.get(partition) ?? 0n),
    rebuiltUntil: standing.epoch?.ends?.[partition] ?? 0,
    marksSinceMs: now() - stateLifeMs(rule, stateTtlMs),
    lettersSinceMs: letters.sinceMs,
  };
}

interface Comparing {
  readonly options: AuditOptions;
  readonly known: Known;
  readonly spans: readonly SpanToRead[];
  readonly source: SourceName;
}

/** Twice: what differs at first may have moved since the marks were read. */
async function compare(
  logs: readonly LogTotal[],
  { options, known, spans, source }: Comparing,
): Promise<{ differing: AuditReport['totals']['differences']; untold: number }> {
  const { store, redis, rule, history, topic } = options;
  const first = await readTotals(
    logs.map(({ pair }) => pair),
    store,
  );
  if (logs.length > 0 && [...first.values()].every((total) => total === undefined)) {
    if (await hasOtherRules(redis, KEY_PREFIX, rule)) throw new Error(OTHER_RULE);
  }
  const moved = logs.filter((log) => !isSameTotal(log, first.get(nameOfPair(log.pair))));
  if (moved.length === 0) return { differing: [], untold: 0 };
  const now = await readTotals(
    moved.map(({ pair }) => pair),
    store,
  );
  const look = new SecondLook(now, rule);
  const ends = new Map((await history.spans(topic))?.map((span) => [span.partition, span.end]));
  const further = spans.map((span) => ({ ...span, end: ends.get(span.partition) ?? span.end }));
  const take = (record: StoredRecord): void => {
    const transaction = transactionIn(record, source);
    const mark = markOf(Number(record.offset), known.marks.get(record.partition) ?? []);
    if (transaction !== undefined) look.take(transaction, mark, record.timestampMs);
  };
  const reading = options.progress(topic);
  await history.read(topic, further, (records) => records.forEach(take), reading);
  const { differing, untold } = look.result();
  const sinceMs = options.now() - stateLifeMs(rule, options.stateTtlMs);
  return {
    differing: differing
      .map((log) => ({ log, redis: now.get(nameOfPair(log.pair)) }))
      // One that was all but idle when this began may be forgotten by now.
      .filter(({ log, redis: total }) => total !== undefined || log.newestRecordMs >= sinceMs)
      .map(({ log, redis: total }) => differenceOf(log, total)),
    untold: untold.length,
  };
}

const OTHER_RULE =
  'Redis has totals, but none under this rule: give --window, --lateness and --threshold as score ' +
  'has them (WINDOW_MS, ALLOWED_LATENESS_MS, THRESHOLD)';

function transactionIn(record: StoredRecord, source: SourceName): Transaction | undefined {
  const transaction = transactionOfRecord(record, source);
  return transaction instanceof AppError ? undefined : transaction;
}

function remarks(
  { deadLetterTopic }: AuditOptions,
  { standing, marks, letters }: Known,
  spans: readonly SpanToRead[],
): Pick<AuditReport, 'problems' | 'notes'> {
  const problems: string[] = [];
  const { epoch, loss } = standing;
  if (epoch?.isRebuilding === true)
    problems.push('Redis is being rebuilt: audit it when it is done');
  if (loss !== undefined) problems.push(`${loss}: run ./splitwatch rebuild`);
  const ends = new Map(spans.map(({ partition, end }) => [partition, Number(end)]));
  for (const [partition, intervals] of marks) {
    const beyond = intervals.at(-1);
    const end = ends.get(partition) ?? 0;
    if (beyond === undefined || beyond.to <= end) continue;
    const place = `partition ${partition} ends before ${end}`;
    problems.push(
      `${place}, but offset ${beyond.to - 1} of it is noted: the topic was made anew, or score ` +
        'takes records of another one as well',
    );
  }
  const notes = letters.isThere ? [] : [`there is no topic ${deadLetterTopic}: no dead letters`];
  return { problems, notes };
}
