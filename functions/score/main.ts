import { CONFIG_EXIT_CODE, ConfigError, readConfig } from '#shared/config.ts';
import { watchReadiness } from '#shared/http/readiness.ts';
import { serve } from '#shared/http/serve.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import { createLog } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createScoreApp } from './app.ts';
import { limitsOf, ruleOf, scoreSettings, serveLimitsOf } from './config.ts';
import { openStore } from './open-store.ts';
import { createScore } from './score.ts';
import { createMeteredSink } from './score-metrics.ts';

async function main(): Promise<void> {
  const config = readConfig(scoreSettings, process.env);
  const log = createLog('score', config.LOG_LEVEL);
  const registry = createRegistry('score');
  const rule = ruleOf(config);
  const store = await openStore(config, rule, log);
  const client = createHttpSink({
    url: config.K_SINK,
    timeoutMs: config.SINK_TIMEOUT_MS,
    overrides: config.K_CE_OVERRIDES,
  });
  const score = createScore({ store, sink: createMeteredSink(client, registry), rule });
  const readiness = watchReadiness({ problem: () => store.problem() });
  let isReady = (): boolean => true;
  const { notReadyReason } = readiness;
  const app = createScoreApp({
    ...{ score, store, rule, log, registry, notReadyReason, isReady: () => isReady() },
    limits: limitsOf(config),
    token: config.AUTH_TOKEN,
  });
  const { PORT: port, HOST: host } = config;
  const serving = await serve(app.listener, { port, host, limits: serveLimitsOf(config) });
  isReady = serving.isReady;
  log.info({ url: serving.url, windowMs: rule.windowMs }, 'listening');
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);

  const stop = async (signal: string, drainMs: number): Promise<void> => {
    log.info({ signal, drainMs }, 'draining');
    await serving.drain({ drainMs });
    readiness.stop();
    client.close();
    await store.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop('SIGTERM', config.DRAIN_MS));
  process.once('SIGINT', () => void stop('SIGINT', 0));
}

main().catch((error: unknown) => {
  const isConfig = error instanceof ConfigError;
  for (const line of isConfig ? error.problems : [String(error)]) process.stderr.write(`${line}\n`);
  process.exit(isConfig ? CONFIG_EXIT_CODE : 1);
});
