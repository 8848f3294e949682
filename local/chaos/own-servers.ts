import { placeForBroker, runKafkaBroker } from '../services/kafka-broker.ts';
import { provideKafkaJars } from '../services/kafka-jars.ts';
import { type Environment, probeMachine } from '../services/probe-machine.ts';
import { MissingPartError, providePart } from '../services/provide-part.ts';
import { placeForRedis, redisSettings, runRedisServer } from '../services/redis-server.ts';
import { type OwnService, startOwnService } from './own-service.ts';

export interface OwnServer extends OwnService {
  readonly port: number;
}

/**
 * A Redis of our own that is kept as in production, but writes its file before it answers: with
 * `everysec` a killed one may lose the last second, which is repaired as a lost one is (L3).
 *
 * @throws MissingPartError, one line that says what to install.
 */
export async function startOwnRedis(
  log: (line: string) => void,
  environment: Environment,
): Promise<OwnServer> {
  const program = await programOf('redis', log, environment);
  const place = await placeForRedis();
  const settings = [...redisSettings(true), '--appendfsync', 'always'];
  return withPort(place.port, () => runRedisServer(program, settings, place));
}

/** A broker of our own, which tells its clients the port of a proxy in front of it. */
export async function startOwnBroker(
  advertisedPort: number,
  log: (line: string) => void,
  environment: Environment,
): Promise<OwnServer> {
  const java = await programOf('kafka', log, environment);
  const jars = await provideKafkaJars(log, environment);
  const place = { ...(await placeForBroker()), advertisedPort };
  return withPort(place.port, () => runKafkaBroker(java, jars, place));
}

/** A broker of our own that lets one user in, by SASL PLAIN and without TLS. */
export async function startClosedBroker(
  { user, password }: { readonly user: string; readonly password: string },
  log: (line: string) => void,
  environment: Environment,
): Promise<OwnServer> {
  const java = await programOf('kafka', log, environment);
  const jars = await provideKafkaJars(log, environment);
  const login = `username="${user}" password="${password}" user_${user}="${password}"`;
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const settings = {
    'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config': `${module} required ${login};`,
  };
  const place = { ...(await placeForBroker()), settings };
  return withPort(place.port, () => runKafkaBroker(java, jars, place));
}

async function withPort(
  port: number,
  run: Parameters<typeof startOwnService>[0],
): Promise<OwnServer> {
  return Object.assign(await startOwnService(run), { port });
}

/** Never the one that a variable names: what stands there is killed, filled and emptied. */
async function programOf(
  name: 'redis' | 'kafka',
  log: (line: string) => void,
  environment: Environment,
): Promise<string> {
  const { REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...own } = environment;
  const machine = await probeMachine([name], own);
  const part = await providePart(name, { ...machine, hasDocker: false }, log);
  if (part.kind === 'program') return part.path;
  throw new MissingPartError(`${name}: chaos needs its program on this machine`);
}
