import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokersForTests } from '#shared/kafka/kafka-test-brokers.ts';
import { makeOwnCertificate } from '#shared/redis/own-certificate.ts';
import {
  freePort,
  type OwnRedisServer,
  startOwnRedisServer,
} from '#shared/redis/own-redis-server.ts';
import { startClosedBroker } from '../../local/chaos/own-servers.ts';
import { redisCommand } from '../../local/chaos/redis-command.ts';
import { runProgramFile } from '../../local/services/run-program.ts';

/** What is said, in one line, where a password, an address or TLS is not as it should be. */
const PROGRAM = join(import.meta.dirname, '../../splitwatch');
const LOGIN = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'ops' };

interface Places {
  readonly redis: string;
  /** Wants a password. */
  readonly closedRedis: string;
  /** Shows a certificate that nobody trusts. */
  readonly tlsRedis: string;
  readonly kafka: string;
  /** Wants a user and a password. */
  readonly closedKafka: string;
}

let at: Places;
const ends: (() => Promise<void>)[] = [];

async function redis(settings: readonly string[] = []): Promise<OwnRedisServer> {
  const server = await startOwnRedisServer(settings);
  ends.push(server.kill);
  return server;
}

beforeAll(async () => {
  const { certificateFile, keyFile } = await makeOwnCertificate();
  const tlsPort = await freePort();
  const files = ['--tls-cert-file', certificateFile, '--tls-key-file', keyFile];
  await redis(['--tls-port', `${tlsPort}`, ...files, '--tls-auth-clients', 'no']);
  const closed = await startClosedBroker({ user: 'ops', password: 'right' }, () => {}, process.env);
  ends.push(() => closed.stop());
  at = {
    redis: (await redis()).url,
    closedRedis: (await redis(['--requirepass', 'right'])).url,
    tlsRedis: `rediss://127.0.0.1:${tlsPort}`,
    kafka: brokersForTests().join(','),
    closedKafka: `127.0.0.1:${closed.port}`,
  };
}, 120_000);

afterAll(async () => {
  for (const end of ends) await end();
});

async function said(words: readonly string[], environment: Record<string, string> = {}) {
  const empty = { KAFKA_BROKERS: '', REDIS_URL: '' };
  const options = { timeoutMs: 120_000, environment: { ...empty, ...environment } };
  const { exitCode, output } = await runProgramFile(PROGRAM, words, options);
  expect(output).not.toMatch(/wr0ng| {4}at /);
  expect(output.trimEnd().split('\n')).toHaveLength(1);
  return { exitCode, output };
}

const withPassword = (url: string): string => url.replace('//', '//:wr0ng@');
const score = ['--score', 'http://127.0.0.1:9999'];

describe.each(['audit', 'rebuild'])('%s', (command) => {
  const places = (kafka: string, url: string): string[] => [
    ...[command, '--kafka', kafka, '--redis', url],
    ...(command === 'rebuild' ? score : []),
  ];

  it('says that Redis wants another password, and where it stands', async () => {
    const { exitCode, output } = await said(places(at.kafka, withPassword(at.closedRedis)));
    expect(output).toMatch(/^splitwatch: --redis: .* does not let us in: WRONGPASS/);
    expect(output).toMatch(/redis:\/\/USER:PASSWORD@HOST:PORT$/m);
    expect(exitCode).toBe(78);
  });

  it('says that the certificate of Redis is not trusted, and how to trust it', async () => {
    const { exitCode, output } = await said(places(at.kafka, at.tlsRedis));
    expect(output).toMatch(/^splitwatch: --redis: .*self-signed.*NODE_EXTRA_CA_CERTS names/);
    expect(exitCode).toBe(78);
  });

  it('says how brokers are written', async () => {
    const { exitCode, output } = await said(places('localhost', at.redis));
    expect(output).toBe('splitwatch: --kafka localhost: expected HOST:PORT, separated by commas\n');
    expect(exitCode).toBe(78);
  });
});

describe.each([
  ['audit', () => ['--redis', at.redis]],
  ['dlq ls', () => []],
] as const)('%s', (command, more) => {
  const places = (kafka: string): string[] => [...command.split(' '), '--kafka', kafka, ...more()];

  it('says that no broker is there', async () => {
    const { exitCode, output } = await said(places('127.0.0.1:9'));
    expect(output).toMatch(/ECONNREFUSED 127\.0\.0\.1:9; is --kafka a running broker, as HOST:P/);
    expect(exitCode).toBe(1);
  });

  it('says that the broker does not speak TLS', async () => {
    const { output } = await said(places(at.kafka), { KAFKA_TLS: 'on' });
    expect(output).toMatch(/it does not speak TLS there: leave KAFKA_TLS unset/);
  });

  it('says that the broker wants another password, or none', async () => {
    const wrong = await said(places(at.closedKafka), { ...LOGIN, KAFKA_SASL_PASSWORD: 'wr0ng' });
    expect(wrong.output).toMatch(/KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD log in to it$/m);
    const open = await said(places(at.kafka), { ...LOGIN, KAFKA_SASL_PASSWORD: 'right' });
    expect(open.output).toMatch(/see KAFKA_SASL_MECHANISM/);
  });

  it('is let in with the right one', async () => {
    const { output } = await said(places(at.closedKafka), {
      ...{ ...LOGIN, KAFKA_SASL_PASSWORD: 'right' },
    });
    expect(output).toContain('there is no topic transactions');
  });
});

it('a rebuild that is told a wrong address changes nothing', async () => {
  const { exitCode, output } = await said([
    ...['rebuild', '--kafka', '127.0.0.1:9', '--redis', at.redis, '--force', ...score],
  ]);
  expect(output).toContain('is --kafka a running broker');
  expect(exitCode).toBe(1);
  expect(await redisCommand(at.redis, 'DBSIZE')).toBe('0');
});
