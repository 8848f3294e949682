import { serve } from '#shared/http/serve.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { TopicReader } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { type KafkaSource, startKafkaSource } from '../eventing/kafka-source.ts';
import { CHAOS_DELIVERY, COMMIT_INTERVAL_MS, SESSION_TIMEOUT_MS } from './chaos-rule.ts';

/** One KafkaSource: where it reads, and where it posts. */
export interface SourcePlan {
  readonly topic: string;
  readonly group: string;
  readonly sinkUrl: string;
  readonly deadLetterUrl: string;
  /** Many records a POST. */
  readonly isBatched?: boolean;
}

/** What the process is told on its command line, as JSON. */
export interface SourceProcessPlan {
  readonly brokers: readonly string[];
  readonly ordering: 'ordered' | 'unordered';
  readonly sources: readonly SourcePlan[];
}

/**
 * The source's half of the local eventing runtime as a process of its own, that can be killed.
 * `withReader` is for tests, which plant a bug in it.
 */
export async function runSourceProcess(
  planJson: string,
  withReader: (reader: TopicReader) => TopicReader = (reader) => reader,
): Promise<void> {
  const { brokers, ordering, sources } = JSON.parse(planJson) as SourceProcessPlan;
  const log = createLog('source', 'warn');
  const topics = createKafkaTopics({ brokers, log, sessionTimeoutMs: SESSION_TIMEOUT_MS });
  const running: KafkaSource[] = [];
  for (const { topic, group, sinkUrl, deadLetterUrl, isBatched } of sources) {
    const delivery = { ...CHAOS_DELIVERY, deadLetterSink: { uri: deadLetterUrl } };
    running.push(
      await startKafkaSource({
        ...{ reader: withReader(topics), topic, group, sinkUrl, ordering, delivery, log },
        commitIntervalMs: COMMIT_INTERVAL_MS,
        ...(isBatched && { batch: {} }),
      }),
    );
  }
  const serving = await serve((_request, response) => response.end('reading\n'), {
    port: 0,
    host: '127.0.0.1',
  });
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);
  process.once('SIGTERM', async () => {
    for (const source of running) await source.stop();
    await Promise.all([topics.close(), serving.drain()]);
    process.exit(0);
  });
}
