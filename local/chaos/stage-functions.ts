import { fileURLToPath } from 'node:url';
import { type KeptFunction, startKeptFunction } from '../kept-function.ts';
import { freePorts } from '../services/free-port.ts';
import { STORE_TIMEOUT_MS, scoreEnvironment } from './chaos-rule.ts';
import type { SourceProcessPlan } from './source-process.ts';
import {
  GROUPS,
  type Hop,
  type Ordering,
  type Proxies,
  type StageOptions,
  TOPICS,
} from './stage-plan.ts';

/** The processes of our own code; each is started again when it dies. */
export interface StageFunctions {
  readonly score: KeptFunction;
  readonly notify: KeptFunction;
  readonly source: KeptFunction;
  readonly sink: KeptFunction;
}

const DRAIN_MS = '500';
const BACKOFF = { firstMs: 100, maxMs: 1000 };
/** Ample for each of them. What leaks ends in a crash soon, not in memory that nobody looks at. */
const HEAP_MEGABYTES = 96;

export interface StageFunctionsOptions extends StageOptions {
  readonly proxies: Proxies;
  readonly brokers: readonly string[];
  readonly onLogLine: (line: string) => void;
}

/** Starts each of them, with a proxy before it and a proxy before all that it talks to. */
export function stageFunctions(options: StageFunctionsOptions) {
  const { proxies, brokers, environment, onLogLine, scripts = {} } = options;
  const isBatched = options.source === 'batch';
  const urlOf = (hop: Hop, path = ''): string => `http://127.0.0.1:${proxies[hop].port}${path}`;
  const redisUrl = `redis://127.0.0.1:${proxies.redis.port}`;
  const nodeOptions = `${environment.NODE_OPTIONS ?? ''} --max-old-space-size=${HEAP_MEGABYTES}`;
  const shared = { ...environment, LOG_LEVEL: 'warn', DRAIN_MS, NODE_OPTIONS: nodeOptions };
  const report = (): void => {}; // a function that dies here was killed
  const start = (
    name: keyof StageFunctions,
    script: string,
    settings: { environment?: Record<string, string>; args?: string[]; port?: number },
  ): Promise<KeptFunction> =>
    startKeptFunction({
      ...{ name, script, onLogLine, report, backoff: BACKOFF, port: settings.port ?? 0 },
      args: settings.args ?? [],
      environment: { ...shared, ...settings.environment },
    });
  const behindProxy = async (hop: Hop, starting: Promise<KeptFunction>): Promise<KeptFunction> => {
    const kept = await starting;
    proxies[hop].pointTo(Number(new URL(kept.url).port));
    return kept;
  };
  return {
    sink: async () => {
      const [port = 0] = await freePorts(1);
      const { transactions: _input, ...written } = TOPICS;
      const args = [brokers.join(','), String(port), ...Object.values(written)];
      return behindProxy('sink', start('sink', scriptOf('./sink-main.ts'), { args, port }));
    },
    score: () => {
      const wiring = { K_SINK: urlOf('sink', `/default/${TOPICS.fraud}`), REDIS_URL: redisUrl };
      const script = scripts.score ?? scriptOf('../../functions/score/main.ts');
      const batch = { SINK_BATCH: isBatched ? 'on' : 'off' };
      const settings = { ...scoreEnvironment(), ...batch, ...wiring };
      return behindProxy('score', start('score', script, { environment: settings }));
    },
    notify: () => {
      const settings = {
        REDIS_URL: redisUrl,
        CHANNELS: 'none',
        STORE_TIMEOUT_MS: String(STORE_TIMEOUT_MS),
      };
      const script = scriptOf('../../functions/notify/main.ts');
      return behindProxy('notify', start('notify', script, { environment: settings }));
    },
    source: (ordering: Ordering) => {
      const plan: SourceProcessPlan = {
        brokers,
        ordering,
        sources: [
          {
            topic: TOPICS.transactions,
            group: GROUPS.score,
            sinkUrl: urlOf('score'),
            deadLetterUrl: urlOf('sink', `/default/${TOPICS.transactionsDeadLetters}`),
            isBatched,
          },
          {
            topic: TOPICS.fraud,
            group: GROUPS.notify,
            sinkUrl: urlOf('notify'),
            deadLetterUrl: urlOf('sink', `/default/${TOPICS.fraudDeadLetters}`),
          },
        ],
      };
      const script = scripts.source ?? scriptOf('./source-main.ts');
      return start('source', script, { args: [JSON.stringify(plan)] });
    },
  };
}

function scriptOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
