import { freePorts } from './free-port.ts';
import { makeTemporaryFolder, startGuarded } from './guarded-process.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { type RunningService, SMALL_CLUSTER } from './kafka-broker.ts';
import { pollUntil } from './poll-until.ts';
import { redisAnswers, redisSettings } from './redis-server.ts';

/** The image may have to be fetched first. */
const START_TIMEOUT_MS = 5 * 60_000;
const REDIS_PORT = 6379;

/** Redis in a container whose port is open on loopback only. */
export async function startRedisContainer(
  image: string,
  isPersistent: boolean,
): Promise<RunningService> {
  const [port = 0] = await freePorts(1);
  const address = `redis://127.0.0.1:${port}`;
  const args = redisContainerArgs(image, port, isPersistent);
  return startContainer('redis', args, address, () => redisAnswers(address, START_TIMEOUT_MS));
}

/** A Kafka broker in a container whose port is open on loopback only. */
export async function startKafkaContainer(image: string): Promise<RunningService> {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  return startContainer('kafka', kafkaContainerArgs(image, port), address, async (ending) => {
    const attempt = async () => (await kafkaAnswers(address)) || undefined;
    await pollUntil('kafka', START_TIMEOUT_MS, attempt, ending);
  });
}

export function redisContainerArgs(image: string, port: number, isPersistent: boolean): string[] {
  const settings = redisSettings(isPersistent);
  return ['--publish', `127.0.0.1:${port}:${REDIS_PORT}`, image, 'redis-server', ...settings];
}

/** Kafka's image takes each setting `a.b` as variable `KAFKA_A_B`. */
export function kafkaContainerArgs(image: string, port: number): string[] {
  const controllerPort = port === 9093 ? 9094 : 9093;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@localhost:${controllerPort}`,
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://localhost:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...SMALL_CLUSTER,
  };
  const variables = Object.entries(settings).flatMap(([name, value]) => [
    '--env',
    `KAFKA_${name.toUpperCase().replaceAll('.', '_')}=${value}`,
  ]);
  return ['--publish', `127.0.0.1:${port}:${port}`, ...variables, image];
}

async function startContainer(
  name: string,
  args: readonly string[],
  address: string,
  untilReady: (ending: () => string | undefined) => Promise<void>,
): Promise<RunningService> {
  const folder = await makeTemporaryFolder(name);
  const command: [string, ...string[]] = ['docker', 'run', '--rm', ...args];
  // TERM: the docker program passes it on to the container, which --rm then removes.
  const container = startGuarded({ name: `${name} in Docker`, command, folder, signal: 'TERM' });
  try {
    await untilReady(container.ending);
  } catch (error) {
    await container.stop();
    throw error;
  }
  return { address, stop: container.stop };
}
