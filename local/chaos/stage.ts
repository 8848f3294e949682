import { createKafkaTopics, type KafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import type { KeptFunction } from '../kept-function.ts';
import { signalGroup } from '../services/process-group.ts';
import { SESSION_TIMEOUT_MS } from './chaos-rule.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type OwnServer, startOwnBroker, startOwnRedis } from './own-servers.ts';
import { type StageFunctions, stageFunctions } from './stage-functions.ts';
import { type Hop, type Ordering, type Proxies, type StageOptions, TOPICS } from './stage-plan.ts';

/** Everything that a chaos run plays with, all of it real and of its own. */
export interface Stage {
  readonly ordering: Ordering;
  readonly redis: OwnServer;
  /** Beside the proxy. */
  readonly redisUrl: string;
  readonly broker: OwnServer;
  readonly proxies: Proxies;
  readonly functions: StageFunctions;
  /** For whoever writes and reads beside the product. */
  readonly topics: KafkaTopics;
  readonly brokers: readonly string[];
  /** Does the work while nobody reads the topics; then the source reads on. */
  withoutSource(work: () => Promise<void>): Promise<void>;
  /** What the processes wrote to their logs that tells of a loss. */
  readonly lossLines: readonly string[];
  stop(): Promise<void>;
}

const HOPS: readonly Hop[] = ['redis', 'kafka', 'score', 'notify', 'sink'];
const PARTITIONS = 6;

/** Resolves when all stand and read. Nothing is left running when it rejects. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const endings: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    return Object.assign(await startParts(options, endings), { stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: StageOptions,
  endings: (() => unknown)[],
): Promise<Omit<Stage, 'stop'>> {
  const { ordering, environment, log } = options;
  const proxies = {} as Record<Hop, FaultProxy>;
  for (const hop of HOPS) {
    const proxy = await startFaultProxy();
    endings.push(() => proxy.close());
    proxies[hop] = proxy;
  }
  log('chaos: a Redis and a Kafka broker of our own');
  const [redis, broker] = await bothOrNone(
    startOwnRedis(log, environment),
    startOwnBroker(proxies.kafka.port, log, environment),
  );
  endings.push(() => Promise.all([redis.stop(), broker.stop()]));
  proxies.redis.pointTo(redis.port);
  proxies.kafka.pointTo(broker.port);

  const brokers = [`127.0.0.1:${proxies.kafka.port}`];
  const topics = createKafkaTopics({
    ...{ brokers, log: createLog('chaos', 'silent'), sessionTimeoutMs: SESSION_TIMEOUT_MS },
    writeTimeoutMs: 5000,
  });
  endings.push(() => topics.close());
  await topics.ensureTopics(
    Object.values(TOPICS).map((name) => ({
      name,
      partitions: name === TOPICS.transactions ? PARTITIONS : 1,
    })),
  );
  log('chaos: score, notify and the two halves of the eventing runtime');
  const lossLines: string[] = [];
  const onLogLine = (line: string): void => {
    if (line.includes('LOST:')) lossLines.push(line);
  };
  const start = stageFunctions({ ...options, proxies, brokers, onLogLine });
  const stopOne = (kept: KeptFunction) => async () => {
    signalGroup(kept.pid, 'SIGCONT');
    await kept.stop();
  };
  const keep = async (starting: Promise<KeptFunction>): Promise<KeptFunction> => {
    const kept = await starting;
    endings.push(stopOne(kept));
    return kept;
  };
  const sink = await keep(start.sink());
  const [score, notify] = await bothOrNone(keep(start.score()), keep(start.notify()));
  let source = await start.source(ordering);
  endings.push(() => stopOne(source)());
  return {
    ...{ ordering, redis, broker, proxies, topics, brokers, lossLines },
    redisUrl: `redis://127.0.0.1:${redis.port}`,
    functions: {
      ...{ sink, score, notify },
      get source() {
        return source;
      },
    },
    withoutSource: async (work) => {
      await stopOne(source)();
      await work();
      source = await start.source(ordering);
    },
  };
}

async function bothOrNone<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([first, second]);
  const failed = results.find((one) => one.status === 'rejected');
  if (failed === undefined) return Promise.all([first, second]);
  for (const one of results) {
    const part = one.status === 'fulfilled' ? (one.value as { stop?: () => unknown }) : {};
    await part.stop?.();
  }
  throw failed.reason;
}
