import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '#shared/log.ts';
import { startOwnRedisCluster } from '#shared/redis/own-redis-cluster.ts';
import { startOwnRedisServer } from '#shared/redis/own-redis-server.ts';
import { askRedis } from './ask-redis.ts';
import { diagnose } from './diagnose.ts';
import { setupOf } from './setup-fixtures.ts';

const log = createLog('doctor-test', 'silent');

/** The findings about a server that is started with these settings. */
async function findingsWith(...settings: readonly string[]) {
  const server = await startOwnRedisServer(settings);
  onTestFinished(server.kill);
  const redis = await askRedis(server.url, log);
  return { ...diagnose({ ...setupOf([]), redis }), url: server.url, redis };
}

it('names a Redis that may evict and keeps nothing, which score would refuse (L5)', async () => {
  const { findings, url } = await findingsWith('--maxmemory-policy', 'allkeys-lru');
  expect(findings).toMatchObject([
    {
      trap: 'redis-evicts',
      resource: { kind: 'Redis', name: url },
      what: 'maxmemory-policy is allkeys-lru',
      cure: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    },
    {
      trap: 'redis-does-not-persist',
      cure: expect.stringContaining('CONFIG SET appendonly yes'),
    },
  ]);
});

it('warns of snapshots only', async () => {
  const { findings } = await findingsWith('--save', '900 1');
  expect(findings).toMatchObject([
    { trap: 'redis-loses-minutes', what: 'appendonly is no; snapshots only (save 900 1)' },
  ]);
});

it('finds nothing where each write goes to a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitwatch-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { findings, redis } = await findingsWith('--appendonly', 'yes', '--dir', folder);
  expect(findings).toEqual([]);
  expect(redis[0]?.version).toMatch(/^\d+\.\d+\.\d+$/);
});

it('goes by INFO where CONFIG is forbidden, and says what it cannot know', async () => {
  const user = ['--user', 'default', 'on', 'nopass', '~*', '+@all', '-config'];
  const told = await findingsWith('--maxmemory-policy', 'volatile-lru', ...user);
  expect(told.findings.map(({ trap }) => trap)).toEqual(['redis-evicts', 'redis-loses-minutes']);
  const silent = await findingsWith(...user, '-info');
  expect(silent.findings).toEqual([]);
  expect(silent.unchecked).toContain(
    `Redis ${silent.url}: it does not tell its settings (CONFIG, INFO)`,
  );
});

it('asks each master of a cluster, and names the one that may evict (L5)', async () => {
  const cluster = await startOwnRedisCluster({ settings: ['--appendonly', 'yes'] });
  onTestFinished(cluster.kill);
  await cluster.masters[1]?.tell('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
  const redis = await askRedis(cluster.url, log);
  expect(redis).toHaveLength(3);
  expect(diagnose({ ...setupOf([]), redis }).findings).toMatchObject([
    {
      trap: 'redis-evicts',
      resource: { name: expect.stringMatching(/master \d$/) },
      what: 'maxmemory-policy is volatile-ttl',
    },
  ]);
});

it('says which Redis cannot be reached', async () => {
  const server = await startOwnRedisServer();
  await server.kill();
  await expect(askRedis(server.url, log)).rejects.toThrow(
    `Redis at ${server.url} is not reachable after`,
  );
});

it('never shows the password, refused or not', async () => {
  const server = await startOwnRedisServer(['--requirepass', 'rightword']);
  onTestFinished(server.kill);
  const address = server.url.replace('redis://', '');
  const [facts] = await askRedis(`redis://:rightword@${address}`, log);
  expect(facts?.resource.name).toBe(server.url);
  const refused = await askRedis(`redis://:wrongword@${address}`, log).catch(String);
  expect(refused).toContain('does not let us in');
  expect(refused).not.toContain('word@');
});
