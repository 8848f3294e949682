import { readConfig } from '#shared/config.ts';
import { drainOnSignal } from '#shared/http/drain-on-signal.ts';
import { serve } from '#shared/http/serve.ts';
import { createLog } from '#shared/log.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { startTimes } from '#shared/start-times.ts';
import { ruleOf, scoreSettings, serveLimitsOf } from './config.ts';
import { openState } from './open-state.ts';

async function main(): Promise<void> {
  const loaded = performance.now();
  const config = readConfig(scoreSettings, process.env);
  const log = createLog('score', config.LOG_LEVEL);
  const rule = ruleOf(config);
  // The rest is loaded while the store is being connected to: a start from zero waits for both.
  const [state, { wireApp }] = await Promise.all([
    openState(config, rule, log),
    import('./wire-app.ts'),
  ]);
  const connected = performance.now();
  let isReady = (): boolean => true;
  const app = wireApp({ config, rule, state, log, isReady: () => isReady() });
  const { PORT: port, HOST: host } = config;
  const limits = serveLimitsOf(config);
  const serving = await serve(app.listener, { port, host, limits, onRefused: app.onRefused });
  isReady = serving.isReady;
  const startMs = startTimes({ loaded, connected, listening: performance.now() });
  log.info({ url: serving.url, windowMs: rule.windowMs, startMs }, 'listening');
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);

  drainOnSignal({
    ...{ log, drainMs: config.DRAIN_MS },
    close: async (drainMs) => {
      await serving.drain({ drainMs });
      app.close();
      await state.totals.close();
    },
  });
}

main().catch(endOnStartFailure);
