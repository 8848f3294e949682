import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { MANIFEST_DELIVERY } from './eventing/delivery.ts';
import { type KafkaSink, type KafkaSinkStats, startKafkaSink } from './eventing/kafka-sink.ts';
import {
  type KafkaSource,
  type KafkaSourceStats,
  startKafkaSource,
} from './eventing/kafka-source.ts';
import type { Poster } from './eventing/post.ts';
import type { BatchBounds } from './eventing/record-batch.ts';
import type { KeptFunction } from './kept-function.ts';
import { upFunctions } from './up-functions.ts';
import { type UpNames, type UpOptions, upNames } from './up-options.ts';
import { createTopics, reachKafka, reachRedis } from './up-parts.ts';

export interface UpStats {
  /** Records of transactions → score. */
  readonly score: KafkaSourceStats;
  /** Records of fraud → notify. */
  readonly notify: KafkaSourceStats;
  /** Fraud events and dead letters → Kafka. */
  readonly sink: KafkaSinkStats;
  /** Times that a function died and was started again. */
  readonly restarts: number;
}

export interface RunningUp {
  readonly pageUrl: string;
  readonly scoreUrls: readonly string[];
  readonly generateUrl: string;
  readonly names: UpNames;
  /** The functions, for tests that end one. */
  readonly functions: { readonly score: readonly KeptFunction[]; readonly notify: KeptFunction };
  /** After `stop`: as they were in the end. */
  stats(): Promise<UpStats>;
  /**
   * Ends all in the order in which nothing is left half done: traffic, sources (what is behind them
   * is delivered for at most `drainMs`, the rest next time), functions, sink. Safe to call twice.
   */
  stop(options?: { drainMs?: number }): Promise<void>;
}

/**
 * Runs the product off the cluster, between a real Kafka and a real Redis: the three functions as
 * processes, and this process as the eventing between them. It reads as the steps of `UP_PLAN`.
 *
 * @throws Error that names the option and the cure, when a part cannot be reached or started;
 * nothing is left running then.
 */
export async function startUp(options: UpOptions): Promise<RunningUp> {
  const started: Array<() => Promise<unknown>> = [];
  const ending = <T>(part: T, stop: (part: T) => Promise<unknown>): T => {
    started.unshift(() => stop(part));
    return part;
  };
  try {
    return await startParts(options, ending);
  } catch (error) {
    for (const stop of started) await stop().catch(() => {});
    throw error;
  }
}

type Ending = <T>(part: T, stop: (part: T) => Promise<unknown>) => T;

async function startParts(options: UpOptions, ending: Ending): Promise<RunningUp> {
  const { redisUrl, log, runStep: run } = options;
  const names = upNames(options.prefix);
  const functions = upFunctions(options);
  const url = (part: { url: string }): string => part.url;

  const topics = ending(await run('dependencies', 'kafka', () => reachKafka(options)), (part) =>
    part.close(),
  );
  await run('dependencies', 'redis', () => reachRedis(redisUrl, log));
  await run('dependencies', 'topics', () => createTopics(topics, names));

  const sink = ending(
    await run('eventing', 'kafka-sink', () => startSink(options, topics, names), url),
    (part) => part.stop(),
  );
  const score = ending(
    await run(
      'functions',
      'score',
      () => functions.startScore(sink.urlOf('fraud')),
      (all) => all.map(url).join(' '),
    ),
    (part) => Promise.all(part.map((one) => one.stop())),
  );
  const notify = ending(
    await run('functions', 'notify', () => functions.startNotify(), url),
    (part) => part.stop(),
  );

  const wiring = { options, topics, sink };
  const toScore = await run('sources', 'transactions', () =>
    startSource(wiring, {
      name: 'transactions',
      topic: names.transactions,
      group: names.scoreGroup,
      sinkUrl: inTurn(score.map(url)),
      deadLetters: 'transactions-dlq',
      ...(options.source === 'batch' && { batch: {} }),
      ...(options.poster && { poster: options.poster }),
    }),
  );
  ending(toScore, (part) => part.stop());
  const toNotify = await run('sources', 'fraud', () =>
    startSource(wiring, {
      name: 'fraud',
      topic: names.fraud,
      group: names.notifyGroup,
      sinkUrl: notify.url,
      deadLetters: 'fraud-dlq',
    }),
  );
  ending(toNotify, (part) => part.stop());
  const generate = ending(
    await run('traffic', 'generate', () => functions.startGenerate(), url),
    (part) => part.stop(),
  );

  const parts = { generate, toScore, score, toNotify, notify, sink, topics };
  const stats = async (): Promise<UpStats> => {
    const [toScoreStats, toNotifyStats] = await Promise.all([toScore.stats(), toNotify.stats()]);
    return {
      score: toScoreStats,
      notify: toNotifyStats,
      sink: sink.stats(),
      restarts: [...score, notify, generate].reduce((sum, one) => sum + one.restarts, 0),
    };
  };
  let last: UpStats | undefined;
  const keepLast = async (): Promise<void> => {
    last = await stats();
  };
  let stopped: Promise<void> | undefined;
  return {
    pageUrl: notify.url,
    scoreUrls: score.map(url),
    generateUrl: generate.url,
    names,
    functions: { score, notify },
    stats: async () => last ?? stats(),
    stop: ({ drainMs = 5000 } = {}) => {
      stopped ??= stopParts({ ...parts, keepLast }, drainMs, options.report);
      return stopped;
    },
  };
}

interface UpParts {
  readonly generate: KeptFunction;
  readonly toScore: KafkaSource;
  readonly score: readonly KeptFunction[];
  readonly toNotify: KafkaSource;
  readonly notify: KeptFunction;
  readonly sink: KafkaSink;
  readonly topics: KafkaTopics;
  /** Keeps the stats as they are in the end: without Kafka's connections nobody can ask. */
  keepLast(): Promise<void>;
}

async function stopParts(
  parts: UpParts,
  drainMs: number,
  report: UpOptions['report'],
): Promise<void> {
  const deadlineMs = performance.now() + drainMs;
  const steps: ReadonlyArray<() => Promise<unknown>> = [
    () => parts.generate.stop(),
    () => drained(parts.toScore, deadlineMs),
    () => parts.toScore.stop(),
    () => Promise.all(parts.score.map((one) => one.stop())),
    () => drained(parts.toNotify, deadlineMs),
    () => parts.toNotify.stop(),
    () => parts.notify.stop(),
    () => parts.sink.stop(),
    () => parts.keepLast(),
    () => parts.topics.close(),
  ];
  for (const step of steps) {
    await step().catch((error: Error) => report(`while stopping: ${error.message}`));
  }
}

/** Waits until everything behind the source is settled, at most until the deadline. */
async function drained(source: KafkaSource, deadlineMs: number): Promise<void> {
  while (performance.now() < deadlineMs) {
    await source.commit();
    const { lag } = await source.stats();
    if (lag === undefined || lag === 0) return; // Kafka is away, or there is nothing to wait for.
    await sleep(50);
  }
}

function startSink(options: UpOptions, topics: KafkaTopics, names: UpNames): Promise<KafkaSink> {
  return startKafkaSink({
    writer: topics,
    sinks: [
      { name: 'fraud', topic: names.fraud, contentMode: 'binary' },
      { name: 'transactions-dlq', topic: names.transactionsDeadLetters, contentMode: 'binary' },
      { name: 'fraud-dlq', topic: names.fraudDeadLetters, contentMode: 'binary' },
    ],
    log: options.log,
  });
}

function startSource(
  wiring: { options: UpOptions; topics: KafkaTopics; sink: KafkaSink },
  source: {
    name: string;
    topic: string;
    group: string;
    sinkUrl: string | (() => string);
    deadLetters: string;
    batch?: BatchBounds;
    poster?: Poster;
  },
): Promise<KafkaSource> {
  const { options, topics, sink } = wiring;
  const { deadLetters, ...named } = source;
  const deadLetterSink = { uri: sink.urlOf(deadLetters) };
  return startKafkaSource({
    ...named,
    reader: topics,
    delivery: { ...(options.delivery ?? MANIFEST_DELIVERY), deadLetterSink },
    ordering: options.ordering ?? 'unordered',
    commitIntervalMs: options.commitIntervalMs ?? 1000,
    log: options.log,
  });
}

/** Each process in turn, as Knative's load balancing would. */
function inTurn(urls: readonly string[]): () => string {
  let turn = 0;
  return () => urls[turn++ % urls.length] as string;
}
