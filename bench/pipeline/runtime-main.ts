/**
 * The local eventing runtime as a process of its own, as `./splitwatch up` runs it: KafkaSink for
 * fraud events, and the source, which begins when it is told where score is.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { TopicReader } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { startKafkaSink } from '../../local/eventing/kafka-sink.ts';
import { type KafkaSource, startKafkaSource } from '../../local/eventing/kafka-source.ts';
import type { RuntimeFigures, RuntimePlan, SourceOrder } from './runtime.ts';

const { brokers, topicIn, topicOut, group } = JSON.parse(process.argv[2] ?? '') as RuntimePlan;

async function main(): Promise<void> {
  const log = createLog('runtime', 'warn');
  const topics = createKafkaTopics({ brokers, log });
  const sinks = [{ name: topicOut, topic: topicOut, contentMode: 'binary' as const }];
  const sink = await startKafkaSink({ writer: topics, sinks, log });
  let firstMs = 0;
  const noting: TopicReader = {
    subscribe: (subscription) =>
      topics.subscribe({
        ...subscription,
        onRecords: (lease, records) => {
          firstMs ||= Date.now();
          return subscription.onRecords(lease, records);
        },
      }),
  };
  let source: KafkaSource | undefined;
  const begin = async ({ scoreUrls, kind, ordering }: SourceOrder): Promise<void> => {
    let next = 0;
    source = await startKafkaSource({
      ...{ reader: noting, topic: topicIn, group, log, ordering },
      sinkUrl: () => scoreUrls[next++ % scoreUrls.length] as string,
      ...(kind === 'batch' && { batch: {} }),
    });
  };
  const figures = async (): Promise<RuntimeFigures> => {
    const { delivered, deadLettered, lost, retried } = (await source?.stats()) ?? NOTHING;
    const settled = delivered + deadLettered + lost;
    const sinkUrl = sink.urlOf(topicOut);
    return { sinkUrl, firstMs, nowMs: Date.now(), settled, delivered, retried };
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (told) => response.end(JSON.stringify(told)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const answer = async (request: IncomingMessage): Promise<RuntimeFigures> => {
    if (request.method === 'POST') await begin((await json(request)) as SourceOrder);
    return figures();
  };
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
  });
  process.once('SIGTERM', async () => {
    await source?.stop();
    await sink.stop();
    await topics.close();
    process.exit(0);
  });
}

const NOTHING = { delivered: 0, deadLettered: 0, lost: 0, retried: 0 };

main().catch(endOnStartFailure);
