import { readConfig } from '#shared/config.ts';
import { drainOnSignal } from '#shared/http/drain-on-signal.ts';
import { watchReadiness } from '#shared/http/readiness.ts';
import { serve } from '#shared/http/serve.ts';
import { kafkaSecurity } from '#shared/kafka/kafka-settings.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { createGenerateApp } from './app.ts';
import { defaultsOf, generateSettings, limitsOf } from './config.ts';
import { runErrand } from './errands.ts';
import { runStandingTraffic } from './standing-traffic.ts';

async function main(): Promise<void> {
  const config = readConfig(generateSettings, process.env);
  const log = createLog('generate', config.LOG_LEVEL);
  const kafka = {
    ...{ brokers: config.KAFKA_BROKERS, log, clientId: 'splitwatch-generate' },
    security: kafkaSecurity(config),
  };
  if (await runErrand(config, kafka)) return;
  const writer = createKafkaTopics({ ...kafka, writeTimeoutMs: config.WRITE_TIMEOUT_MS });
  const readiness = watchReadiness({ problem: writer.problem, intervalMs: 2_000, failuresMax: 5 });
  const registry = createRegistry('generate');
  const stopping = new AbortController();
  let isReady = (): boolean => true;
  const app = createGenerateApp({
    ...{ writer, topic: config.TOPIC, labelsTopic: config.LABELS_TOPIC, log },
    ...{ registry, limits: limitsOf(config) },
    ...{ defaults: defaultsOf(config), token: config.AUTH_TOKEN, stopping: stopping.signal },
    ...{ notReadyReason: readiness.notReadyReason, isReady: () => isReady() },
  });
  const limits = {
    maxHeaderBytes: config.MAX_HEADER_BYTES,
    maxConnections: config.MAX_CONNECTIONS,
  };
  const serving = await serve(app.listener, {
    ...{ port: config.PORT, host: config.HOST, limits },
    onRefused: createRefusalCounter(registry),
  });
  isReady = serving.isReady;
  log.info({ url: serving.url, topic: config.TOPIC }, 'listening');
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);
  const traffic = { log, signal: stopping.signal };
  const running = config.RATE > 0 ? runStandingTraffic(config, app.ports, traffic) : undefined;

  running?.catch((error: unknown) => stopping.signal.aborted || endOnStartFailure(error));
  drainOnSignal({
    ...{ log, drainMs: config.DRAIN_MS },
    close: async (drainMs) => {
      stopping.abort();
      await Promise.allSettled([running, serving.drain({ drainMs })]);
      readiness.stop();
      await writer.close();
    },
  });
}

main().catch(endOnStartFailure);
