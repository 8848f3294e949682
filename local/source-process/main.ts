import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '#shared/config.ts';
import { drainOnSignal } from '#shared/http/drain-on-signal.ts';
import { serve } from '#shared/http/serve.ts';
import { kafkaSecurity } from '#shared/kafka/kafka-settings.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { sourceSettings } from './config.ts';
import { createSourceProcess } from './source-process.ts';

async function main(): Promise<void> {
  const config = readConfig(sourceSettings, process.env);
  const log = createLog('source', config.LOG_LEVEL);
  const topics = createKafkaTopics({
    ...{ brokers: config.KAFKA_BROKERS, log, clientId: 'splitwatch-source' },
    security: kafkaSecurity(config),
  });
  const registry = createRegistry('source');
  let listener: Parameters<typeof serve>[0] = (_request, response) => response.end();
  const { PORT: port, HOST: host } = config;
  const serving = await serve((request, response) => listener(request, response), { port, host });
  const source = createSourceProcess({ config, topics, registry, log });
  listener = source.listener;
  log.info({ url: serving.url, topic: config.TOPIC }, 'listening');
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);

  const { DRAIN_MS: drainMs } = config;
  drainOnSignal({
    ...{ log, drainMs },
    close: async () => {
      await Promise.race([source.stop(), sleep(drainMs)]);
      await Promise.allSettled([topics.close(), serving.drain({ quietMs: 0 })]);
    },
  });
}

main().catch(endOnStartFailure);
