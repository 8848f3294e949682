import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { type Answer, jsonAnswer, sendAnswer } from '#shared/http/answer.ts';
import { probeAnswer } from '#shared/http/probes.ts';
import type { KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { Log } from '#shared/log.ts';
import { type KafkaSource, startKafkaSource } from '../eventing/kafka-source.ts';
import { createPoster } from '../eventing/post.ts';
import { deliveryOf, type SourceConfig } from './config.ts';
import { deadLetterSinkProblem } from './dead-letter-sink.ts';
import { createSourceMetrics } from './source-metrics.ts';

const START_RETRY_MS = 1000;

export interface SourceProcessParts {
  readonly config: SourceConfig;
  readonly topics: Pick<KafkaTopics, 'subscribe' | 'problem'>;
  readonly registry: Registry;
  readonly log: Log;
}

export interface SourceProcess {
  /** `/healthz`, `/readyz`, `/metrics`. */
  readonly listener: RequestListener;
  /** Undefined when records are read, else a sentence. */
  notReadyReason(): string | undefined;
  /** Finishes what is in flight, commits, leaves the group. */
  stop(): Promise<void>;
}

/**
 * The local runtime's source of batches as a process of its own, for a cluster. It begins to read
 * when its dead-letter sink is there and the group takes it in, and waits for both as long as it
 * takes: a process that ended instead would only be started again.
 */
export function createSourceProcess(parts: SourceProcessParts): SourceProcess {
  const { registry } = parts;
  const stopping = new AbortController();
  let source: KafkaSource | undefined;
  let reason: string | undefined = 'not started yet';
  createSourceMetrics(registry, () => source);
  const starting = startPatiently(parts, stopping.signal, (why) => {
    reason = why;
  }).then((started) => {
    source = started;
  });
  const health = { isReady: () => !stopping.signal.aborted, notReadyReason: () => reason };
  return {
    listener: (request, response) => {
      const path = (request.url ?? '/').split('?', 1)[0] as string;
      if (request.method === 'GET' && path === '/metrics') {
        void registry.metrics().then((body) => {
          sendAnswer(response, {
            ...{ status: 200, headers: { 'content-type': registry.contentType }, body },
          });
        });
        return;
      }
      sendAnswer(response, probeAnswer(request.method, path, health) ?? NOTHING_HERE);
    },
    notReadyReason: () => reason,
    stop: async () => {
      stopping.abort();
      await starting;
      await source?.stop();
    },
  };
}

const NOTHING_HERE: Answer = jsonAnswer(404, { status: 404, title: 'Nothing is here' });

/** Resolves with the source once it reads; undefined when the signal aborted before. */
async function startPatiently(
  { config, topics, log }: SourceProcessParts,
  signal: AbortSignal,
  tell: (reason: string | undefined) => void,
): Promise<KafkaSource | undefined> {
  const poster = createPoster();
  let told: string | undefined;
  const wait = async (reason: string): Promise<void> => {
    tell(reason);
    if (reason !== told) log.warn({ reason }, 'not reading yet');
    told = reason;
    await sleep(START_RETRY_MS, undefined, { signal }).catch(() => {});
  };
  try {
    while (!signal.aborted) {
      const problem = await deadLetterSinkProblem(poster, config.DEAD_LETTER_SINK);
      if (problem !== undefined) {
        await wait(problem);
        continue;
      }
      try {
        const source = await startKafkaSource(optionsOf(config, { topics, log }));
        tell(undefined);
        log.info({ topic: config.TOPIC, group: config.CONSUMER_GROUP }, 'reading');
        return source;
      } catch (error) {
        await wait((error as Error).message);
      }
    }
    return undefined;
  } finally {
    poster.close();
  }
}

function optionsOf(
  config: SourceConfig,
  { topics, log }: Pick<SourceProcessParts, 'topics' | 'log'>,
): Parameters<typeof startKafkaSource>[0] {
  return {
    reader: topics,
    topic: config.TOPIC,
    group: config.CONSUMER_GROUP,
    sinkUrl: config.K_SINK,
    ordering: config.ORDERING,
    initialOffset: config.INITIAL_OFFSET,
    namespace: config.SOURCE_NAMESPACE,
    name: config.SOURCE_NAME,
    delivery: deliveryOf(config),
    commitIntervalMs: config.COMMIT_INTERVAL_MS,
    batch: {
      maxEvents: config.BATCH_MAX_EVENTS,
      maxBytes: config.BATCH_MAX_BYTES,
      maxInFlight: config.BATCHES_IN_FLIGHT,
    },
    log,
  };
}
