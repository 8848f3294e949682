import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from './free-port.ts';
import { type GuardedProcess, makeTemporaryFolder, startGuarded } from './guarded-process.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { pollUntil } from './poll-until.ts';

const START_TIMEOUT_MS = 90_000;
const ATTEMPTS = 3;
const JAVA_OPTIONS = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-Xshare:auto'];
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';

/** What was formatted before stays as it is. */
const FORMAT_AND_RUN = `
id=$1 settings=$2 formatted=$3
shift 3
test -e "$formatted" ||
"$@" kafka.tools.StorageTool format -t "$id" -c "$settings" >&2 || exit 1
exec "$@" kafka.Kafka "$settings"
`;

export interface RunningService {
  /** Where it answers: `HOST:PORT` of a broker, a `redis:` URL. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/**
 * A single-node broker (KRaft mode) on free loopback ports, from jars. Its data is in a temporary
 * folder and goes with it. Resolves when it answers. Topics are not made by themselves.
 */
export async function startKafkaBroker(java: string, jarsFolder: string): Promise<RunningService> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(java, jarsFolder);
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(java: string, jarsFolder: string): Promise<RunningService> {
  const place = await placeForBroker();
  const { stop } = await runKafkaBroker(java, jarsFolder, place);
  return { address: `127.0.0.1:${place.port}`, stop };
}

/** Where a broker listens and keeps its files, over restarts. */
export interface BrokerPlace {
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
  /** The port that it tells its clients; its own unless set. */
  readonly advertisedPort?: number;
  /** Settings of its own, which go before ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function placeForBroker(): Promise<BrokerPlace> {
  const [port = 0, controllerPort = 0] = await freePorts(2);
  return { port, controllerPort, folder: await makeTemporaryFolder('kafka') };
}

/** The broker at this place, with what its files hold. Resolves when it answers. */
export async function runKafkaBroker(
  java: string,
  jarsFolder: string,
  place: BrokerPlace,
): Promise<GuardedProcess> {
  const settings = join(place.folder, 'server.properties');
  const logs = join(place.folder, 'logs');
  await writeFile(settings, properties(place, logs));
  const clusterId = newClusterId(randomBytes(16));
  const places = [clusterId, settings, join(logs, 'meta.properties')];
  const runClass = [java, ...JAVA_OPTIONS, QUIET, '-cp', join(jarsFolder, '*')];
  const broker = startGuarded({
    name: 'kafka',
    command: ['/bin/sh', '-c', FORMAT_AND_RUN, 'sh', ...places, ...runClass],
    folder: place.folder,
    signal: 'KILL', // nothing in it outlives it, so it need not end in order
  });
  try {
    await pollUntil(
      'kafka',
      START_TIMEOUT_MS,
      async () => (await kafkaAnswers(`127.0.0.1:${place.port}`)) || undefined,
      broker.ending,
    );
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}

/** Settings of one small node: every internal topic has one replica and few partitions. */
function properties(place: BrokerPlace, logs: string): string {
  const { port, controllerPort, advertisedPort = port } = place;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logs,
    ...SMALL_CLUSTER,
    ...place.settings,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** What a broker of one node needs wherever it runs; also given to the container. */
export const SMALL_CLUSTER: Readonly<Record<string, string | number | boolean>> = {
  'num.partitions': 2,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  'auto.create.topics.enable': false,
};

/**
 * A cluster id of 22 characters, as Kafka wants it, that no option parser can take for an option:
 * one time in 64 plain base64url would begin with `-`.
 */
export function newClusterId(random: Buffer): string {
  return `k${random.toString('base64url').slice(1)}`;
}
