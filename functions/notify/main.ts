import { drainOnSignal } from '#shared/http/drain-on-signal.ts';
import { watchReadiness } from '#shared/http/readiness.ts';
import { serve } from '#shared/http/serve.ts';
import { createLog } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { createNotifyApp } from './app.ts';
import type { Channel } from './channels/channel.ts';
import { readNotifyConfig, serveLimitsOf } from './config.ts';
import { openChannels } from './open-channels.ts';
import { openLineWatch, openProbeStore, openStore } from './open-store.ts';
import { pageAccess } from './page-access.ts';

async function main(): Promise<void> {
  const config = readNotifyConfig(process.env);
  const log = createLog('notify', config.LOG_LEVEL);
  const registry = createRegistry('notify');
  const [store, probes, line] = await Promise.all([
    openStore(config, log),
    openProbeStore(config, log),
    openLineWatch(config, log),
  ]);
  const channels: Channel[] = [];
  const readiness = watchReadiness({ problem: store.problem, intervalMs: 1_000, failuresMax: 10 });
  let isReady = (): boolean => true;
  const access = pageAccess(config.HOST, config.PAGE_TOKEN);
  const app = createNotifyApp({
    ...{ store, probes, channels, log, registry, access, isReady: () => isReady() },
    notReadyReason: readiness.notReadyReason,
    ...(line && { lineHealth: line.health }),
    token: config.AUTH_TOKEN,
    limits: {
      maxInFlight: config.MAX_IN_FLIGHT,
      maxBodyBytes: config.MAX_BODY_BYTES,
      maxStreams: config.MAX_STREAMS,
      bodyTimeoutMs: config.BODY_TIMEOUT_MS,
    },
  });
  const serving = await serve(app.listener, {
    ...{ port: config.PORT, host: config.HOST, limits: serveLimitsOf(config) },
    onRefused: createRefusalCounter(registry),
  });
  isReady = serving.isReady;
  log.info({ url: serving.url, page: access.kind }, 'listening');
  process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);
  // After the line above, which whoever started us reads; no request has been let in yet.
  const write = (text: string): void => void process.stdout.write(text);
  channels.push(...openChannels(config, { write, log, registry }));

  drainOnSignal({
    ...{ log, drainMs: config.DRAIN_MS },
    close: async (drainMs) => {
      app.close();
      await serving.drain({ drainMs });
      readiness.stop();
      for (const channel of channels) await channel.close();
      await Promise.all([store.close(), probes.close(), line?.close()]);
    },
  });
}

main().catch(endOnStartFailure);
