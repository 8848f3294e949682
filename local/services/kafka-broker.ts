import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from './free-port.ts';
import { makeTemporaryFolder, startGuarded } from './guarded-process.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { pollUntil } from './poll-until.ts';

const START_TIMEOUT_MS = 90_000;
const ATTEMPTS = 3;
const JAVA_OPTIONS = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-Xshare:auto'];
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';

const FORMAT_AND_RUN = `
id=$1 settings=$2
shift 2
"$@" kafka.tools.StorageTool format -t "$id" -c "$settings" >&2 &&
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
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const address = `127.0.0.1:${port}`;
  const folder = await makeTemporaryFolder('kafka');
  const settings = join(folder, 'server.properties');
  await writeFile(settings, properties({ port, controllerPort, folder: join(folder, 'logs') }));
  const clusterId = newClusterId(randomBytes(16));
  const runClass = [java, ...JAVA_OPTIONS, QUIET, '-cp', join(jarsFolder, '*')];
  const broker = startGuarded({
    name: 'kafka',
    command: ['/bin/sh', '-c', FORMAT_AND_RUN, 'sh', clusterId, settings, ...runClass],
    folder,
    signal: 'KILL', // nothing in it outlives it, so it need not end in order
  });
  try {
    await pollUntil(
      'kafka',
      START_TIMEOUT_MS,
      async () => (await kafkaAnswers(address)) || undefined,
      broker.ending,
    );
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return { address, stop: broker.stop };
}

interface BrokerPlace {
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
}

/** Settings of one small node: every internal topic has one replica and few partitions. */
function properties({ port, controllerPort, folder }: BrokerPlace): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': folder,
    ...SMALL_CLUSTER,
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
