import { startKafkaContainer, startRedisContainer } from './docker-containers.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { type RunningService, startKafkaBroker } from './kafka-broker.ts';
import { provideKafkaJars } from './kafka-jars.ts';
import { type Environment, probeMachine } from './probe-machine.ts';
import { MissingPartError, providePart, type ReadyPart } from './provide-part.ts';
import { redisAnswers, startRedisServer } from './redis-server.ts';

const GIVEN_TIMEOUT_MS = 10_000;

export interface ServicesOptions {
  readonly redis: boolean;
  readonly kafka: boolean;
  /** Redis keeps an append-only file while it runs. Default false: memory only. */
  readonly persist?: boolean;
  /** Takes one line of progress at a time. */
  readonly log: (line: string) => void;
  /** Where to look for REDIS_URL, KAFKA_BROKERS, PATH, …; default our own. */
  readonly environment?: Environment;
}

export interface Services {
  readonly redisUrl?: string;
  /** `HOST:PORT`, or several separated by commas. */
  readonly kafkaBrokers?: string;
  /** Folder with the broker's jars, where the broker was started from them. */
  readonly kafkaJarsDir?: string;
  /** Ends exactly what was started here. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/**
 * A real Redis and a real Kafka broker that answer: those named by REDIS_URL and KAFKA_BROKERS,
 * else ones started here (see `choosePart` for where they come from). What was started ends with
 * `stop`, and with this process at the latest, also when it is killed.
 *
 * @throws MissingPartError, one line that says what to install; Error when something does not
 * start. Nothing is left running then.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { redis, kafka, log, persist = false, environment = process.env } = options;
  const names = [...(redis ? ['redis' as const] : []), ...(kafka ? ['kafka' as const] : [])];
  const machine = await probeMachine(names, environment);
  const redisPart = redis ? await providePart('redis', machine, log) : undefined;
  const kafkaPart = kafka ? await providePart('kafka', machine, log) : undefined;
  const jarsDir =
    kafkaPart?.kind === 'program' ? await provideKafkaJars(log, environment) : undefined;

  const starting = await Promise.allSettled([
    redisPart && startRedis(redisPart, persist, log),
    kafkaPart && startKafka(kafkaPart, jarsDir, log),
  ]);
  const started = starting.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service?.stop()));
  };
  const failed = starting.find((one) => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [redisService, kafkaService] = started;
  return {
    ...(redisService && { redisUrl: redisService.address }),
    ...(kafkaService && { kafkaBrokers: kafkaService.address }),
    ...(jarsDir !== undefined && { kafkaJarsDir: jarsDir }),
    stop,
  };
}

async function startRedis(
  part: ReadyPart,
  isPersistent: boolean,
  log: (line: string) => void,
): Promise<RunningService> {
  if (part.kind === 'given') {
    await redisAnswers(part.value, GIVEN_TIMEOUT_MS);
    log('redis: the one that REDIS_URL names');
    return { address: part.value, stop: async () => {} };
  }
  const service =
    part.kind === 'docker'
      ? await startRedisContainer(part.image, isPersistent)
      : await startRedisServer(part.path, isPersistent);
  log(`redis: ${service.address} (${part.kind === 'docker' ? part.image : part.path})`);
  return service;
}

async function startKafka(
  part: ReadyPart,
  jarsDir: string | undefined,
  log: (line: string) => void,
): Promise<RunningService> {
  if (part.kind === 'given') {
    const [first = ''] = part.value.split(',');
    if (!(await kafkaAnswers(first.trim()))) {
      throw new MissingPartError(`KAFKA_BROKERS=${part.value}: no Kafka broker answers there`);
    }
    log('kafka: the one that KAFKA_BROKERS names');
    return { address: part.value, stop: async () => {} };
  }
  const service =
    part.kind === 'docker'
      ? await startKafkaContainer(part.image)
      : await startKafkaBroker(part.path, jarsDir ?? '');
  log(`kafka: ${service.address} (${part.kind === 'docker' ? part.image : part.path})`);
  return service;
}
