import type { Rule } from '#shared/domain/rule.ts';
import { type Serving, serve } from '#shared/http/serve.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import type { Log } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createNotifyApp } from '../functions/notify/app.ts';
import type { Channel } from '../functions/notify/channels/channel.ts';
import { createMemoryAlertStore } from '../functions/notify/store/memory-store.ts';
import { createScoreApp } from '../functions/score/app.ts';
import { createScore } from '../functions/score/score.ts';
import { createMeteredSink } from '../functions/score/score-metrics.ts';
import { createMemoryJournal } from '../functions/score/store/memory-journal.ts';
import { createMemoryTotalsStore } from '../functions/score/store/memory-store.ts';
import { createEmbeddedLog, type EmbeddedLog } from './embedded-log.ts';
import { MANIFEST_DELIVERY } from './eventing/delivery.ts';
import { type KafkaSink, startKafkaSink } from './eventing/kafka-sink.ts';
import { type KafkaSource, startKafkaSource } from './eventing/kafka-source.ts';
import type { PlanDrawer } from './plan-drawer.ts';

/** The phases and steps of {@link startPipeline}, for the plan that is drawn meanwhile. */
export const PIPELINE_PHASES = {
  dependencies: ['topics', 'totals', 'sinks'],
  functions: ['score', 'notify'],
  eventing: ['transactions', 'fraud'],
} as const;

export interface PipelineOptions {
  readonly rule: Rule;
  /** Who is told of alerts, beside the page. */
  readonly channels: readonly Channel[];
  /** Port of the page on 127.0.0.1; 0 picks a free one. */
  readonly pagePort: number;
  /** Port of score on 127.0.0.1; 0 picks a free one. */
  readonly scorePort: number;
  readonly drawer: PlanDrawer;
  readonly log: Log;
}

export interface Pipeline {
  /** Where transactions are written, to topic `transactions`. */
  readonly topics: EmbeddedLog;
  readonly scoreUrl: string;
  readonly pageUrl: string;
  /**
   * Resolves when every transaction written so far has been scored and told, or at the deadline.
   */
  settled(deadlineMs: number): Promise<boolean>;
  stats(): Promise<PipelineStats>;
  stop(): Promise<void>;
}

export interface PipelineStats {
  /** Transactions that score has accepted. */
  readonly transactions: number;
  /** Fraud events that notify has accepted. */
  readonly fraudEvents: number;
  readonly deadLetters: number;
  /** Records that neither score nor the dead-letter topic took. */
  readonly lost: number;
}

/** Often, since a commit costs nothing here, and `settled` reads what is left from commits. */
const COMMIT_INTERVAL_MS = 100;
const RECEIPTS_MS = 1_800_000;
const TOPICS = ['transactions', 'fraud', 'transactions-dlq', 'fraud-dlq'];

/**
 * All of it in one process, on embedded parts: the same functions, between the same KafkaSource and
 * KafkaSink, over HTTP on loopback, as on a cluster. Each pair's order is kept, so the same traffic
 * gives the same alerts (D7).
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { rule, channels, pagePort, scorePort, drawer, log } = options;

  const topics = createEmbeddedLog();
  await drawer.run(
    'dependencies',
    'topics',
    () => topics.ensureTopics(TOPICS.map((name) => ({ name, partitions: 6 }))),
    () => TOPICS.join(', '),
  );
  const totals = await drawer.run('dependencies', 'totals', async () =>
    createMemoryTotalsStore({ rule, now: Date.now }),
  );
  const sinks = await drawer.run('dependencies', 'sinks', () => startSinks(topics, log));

  const registry = createRegistry('score');
  const sink = createHttpSink({ url: sinks.urlOf('fraud'), timeoutMs: 5000 });
  const journal = createMemoryJournal({ now: Date.now, receiptsLifeMs: RECEIPTS_MS });
  const metered = createMeteredSink(sink, registry);
  const score = createScore({ store: totals, journal, sink: metered, rule });
  // Event time runs ahead of the clock here, so nothing is in the future (S5).
  const limits = { maxFutureMs: 0 };
  const scoreApp = createScoreApp({ score, store: totals, journal, rule, log, registry, limits });
  const scoring = await drawer.run(
    'functions',
    'score',
    () => onLoopback(scoreApp, scorePort),
    urlOf,
  );

  const alerts = createMemoryAlertStore();
  const notifyRegistry = createRegistry('notify');
  const notifyApp = createNotifyApp({ store: alerts, channels, log, registry: notifyRegistry });
  const notifying = await drawer.run(
    'functions',
    'notify',
    () => onLoopback(notifyApp, pagePort),
    urlOf,
  );

  const startSource = (topic: string, to: Serving): Promise<KafkaSource> =>
    startKafkaSource({
      ...{ reader: topics, topic, group: `splitwatch-${topic}`, sinkUrl: to.url, log },
      ordering: 'ordered',
      commitIntervalMs: COMMIT_INTERVAL_MS,
      delivery: { ...MANIFEST_DELIVERY, deadLetterSink: { uri: sinks.urlOf(`${topic}-dlq`) } },
    });
  const transactions = await drawer.run('eventing', 'transactions', () =>
    startSource('transactions', scoring),
  );
  const fraud = await drawer.run('eventing', 'fraud', () => startSource('fraud', notifying));

  return {
    topics,
    scoreUrl: scoring.url,
    pageUrl: `${notifying.url}/`,
    settled: (deadlineMs) => settled([transactions, fraud], deadlineMs),
    stats: async () => {
      const [scored, told] = await Promise.all([transactions.stats(), fraud.stats()]);
      return {
        transactions: scored.delivered,
        fraudEvents: told.delivered,
        deadLetters: scored.deadLettered + told.deadLettered,
        lost: scored.lost + told.lost,
      };
    },
    stop: async () => {
      // In the order in which a transaction travels, so that what is under way arrives.
      await transactions.stop();
      await scoring.drain({ drainMs: 0 });
      sink.close();
      await fraud.stop();
      notifyApp.close();
      await notifying.drain({ drainMs: 0 });
      for (const channel of channels) await channel.close();
      await sinks.stop();
      await Promise.all([totals.close(), alerts.close(), topics.close()]);
    },
  };
}

function startSinks(writer: EmbeddedLog, log: Log): Promise<KafkaSink> {
  const names = TOPICS.filter((topic) => topic !== 'transactions');
  const sinks = names.map((name) => ({ name, topic: name, contentMode: 'binary' as const }));
  return startKafkaSink({ writer, sinks, log });
}

async function onLoopback(
  app: { listener: Parameters<typeof serve>[0] },
  port: number,
): Promise<Serving> {
  try {
    return await serve(app.listener, { port, host: '127.0.0.1' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port}: another program listens there; name another port`);
  }
}

function urlOf(serving: Serving): string {
  return serving.url;
}

/** Waits until no source has anything left, one after the other, as one feeds the next. */
async function settled(sources: readonly KafkaSource[], deadlineMs: number): Promise<boolean> {
  const endMs = performance.now() + deadlineMs;
  for (const source of sources) {
    while ((await source.stats()).lag !== 0) {
      if (performance.now() > endMs) return false;
      await new Promise((resolve) => setTimeout(resolve, COMMIT_INTERVAL_MS / 2));
    }
  }
  return true;
}
