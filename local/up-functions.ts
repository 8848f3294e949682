import { fileURLToPath } from 'node:url';
import { type KeptFunction, type KeptFunctionOptions, startKeptFunction } from './kept-function.ts';
import { type UpOptions, upNames } from './up-options.ts';

/** After SIGTERM a function waits so long at most for requests that are still on their way. */
const DRAIN_MS = '2000';

/** The functions as processes with their production entry points, `node functions/X/main.ts`. */
export interface UpFunctions {
  startScore(fraudSinkUrl: string): Promise<readonly KeptFunction[]>;
  startNotify(): Promise<KeptFunction>;
  startGenerate(): Promise<KeptFunction>;
}

export function upFunctions(options: UpOptions): UpFunctions {
  const names = upNames(options.prefix);
  const start = (
    name: 'score' | 'notify' | 'generate',
    port: number,
    environment: Readonly<Record<string, string>>,
  ): Promise<KeptFunction> =>
    startOnPort({
      name,
      script: fileURLToPath(new URL(`../functions/${name}/main.ts`, import.meta.url)),
      port,
      environment: { ...options.environment, LOG_LEVEL: 'warn', DRAIN_MS, ...environment },
      onLogLine: options.onLogLine,
      report: options.report,
      ...(name === 'notify' ? { onOutput: options.onOutput } : {}),
    });
  return {
    startScore: async (fraudSinkUrl) => {
      const environment = {
        // Event time that runs ahead of the clock would be refused as from the future (S5).
        ...((options.speed ?? 1) > 1 ? { MAX_FUTURE_MS: '0' } : {}),
        ...(options.source === 'batch' ? { SINK_BATCH: 'on' } : {}),
        ...options.scoreEnvironment,
        K_SINK: fraudSinkUrl,
        REDIS_URL: options.redisUrl,
      };
      const starting = Array.from({ length: options.scoreProcesses }, (_, i) =>
        start('score', i === 0 ? (options.scorePort ?? 0) : 0, environment),
      );
      return allOrNone(starting);
    },
    startNotify: () =>
      start('notify', options.pagePort ?? 0, {
        REDIS_URL: options.redisUrl,
        CHANNELS: options.channel,
        BROKER_NAME: options.kafkaBrokers[0] ?? '',
        TOPIC_NAME: names.fraud,
      }),
    startGenerate: () =>
      start('generate', options.generatePort ?? 0, {
        KAFKA_BROKERS: options.kafkaBrokers.join(','),
        TOPIC: names.transactions,
        RATE: String(options.ratePerSecond),
        SPEED: String(options.speed ?? 1),
      }),
  };
}

const PORT_FLAGS = { score: '--score-port', notify: '--port', generate: '--generate-port' };

/** Throws an error that names the flag when the port is another program's. */
async function startOnPort(
  options: KeptFunctionOptions & { readonly name: keyof typeof PORT_FLAGS },
): Promise<KeptFunction> {
  try {
    return await startKeptFunction(options);
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error;
    const flag = PORT_FLAGS[options.name];
    throw new Error(`${flag} ${options.port}: another program listens there; name another port`);
  }
}

/** All of them, or the first failure when each has ended its start; then none is left running. */
async function allOrNone(
  starting: readonly Promise<KeptFunction>[],
): Promise<readonly KeptFunction[]> {
  const results = await Promise.allSettled(starting);
  const started = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = results.find((one) => one.status === 'rejected');
  if (failed === undefined) return started;
  await Promise.all(started.map((one) => one.stop()));
  throw failed.reason;
}
