import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { expect, onTestFinished, test } from 'vitest';
import { encodeTransactionRequest } from '#shared/events/transaction-event.ts';
import { type FunctionProcess, startFunctionProcess } from '../../local/function-process.ts';
import { startOwnRedisServer } from './own-redis-server.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What SECURITY.md says that the functions' user of Redis may do. */
function documentedRules(): string[] {
  const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
  const [, rules = ''] = /^ACL SETUSER splitwatch (.*)$/m.exec(page) ?? [];
  return rules.replace('PASSWORD', 'pass').split(' ');
}

async function started(
  name: 'score' | 'notify',
  settings: Readonly<Record<string, string>>,
): Promise<FunctionProcess> {
  const running = await startFunctionProcess({
    name,
    script: join(ROOT, `functions/${name}/main.ts`),
    environment: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...settings },
    onLogLine: () => {},
  });
  onTestFinished(() => running.kill());
  return running;
}

test('all that score and notify do works with the user that SECURITY.md describes (P)', async () => {
  const server = await startOwnRedisServer(['--user', 'splitwatch', ...documentedRules()]);
  onTestFinished(server.kill);
  const url = server.url.replace('//', '//splitwatch:pass@');
  const notify = await started('notify', { REDIS_URL: url, CHANNELS: 'none' });
  const sink = `http://127.0.0.1:${notify.port}/`;
  const score = await started('score', { REDIS_URL: url, K_SINK: sink });
  const at = `http://127.0.0.1:${score.port}`;

  const send = async (i: number, ageS: number): Promise<number> => {
    const { headers, body } = encodeTransactionRequest({
      ...{ source: '/bank', eventId: `${i}`, origin: '66', target: '26', currency: 'USD' },
      ...{ amountMinor: 600_000, eventTimeMs: Math.floor(performance.timeOrigin) - ageS * 1000 },
    });
    const place = { 'ce-knativekafkapartition': '0', 'ce-knativekafkaoffset': `${i}` };
    const init = { method: 'POST', headers: { ...headers, ...place }, body };
    return (await fetch(at, init)).status;
  };
  // More than a leaf holds, some out of order, one known, one late: every branch of the scripts.
  for (let i = 0; i < 200; i++) expect(await send(i, i % 7 === 0 ? 300 : 0), `${i}`).toBe(204);
  expect(await send(0, 300)).toBe(204);
  expect(await send(200, 3_600)).toBe(422);
  expect((await fetch(`${at}/pairs/66/26`)).status).toBe(200);
  for (const path of ['alerts', 'alerts?origin=66', 'readyz']) {
    expect((await fetch(`${sink}${path}`)).status, path).toBe(200);
  }
  expect((await fetch(`${at}/readyz`)).status).toBe(200);

  const admin = await createClient({ url: server.url }).connect();
  const user = await createClient({ url }).connect();
  onTestFinished(() => {
    admin.destroy();
    user.destroy();
  });
  expect(await admin.sendCommand(['ACL', 'LOG'])).toEqual([]);
  for (const words of [
    ['FLUSHALL'],
    ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'],
    ['KEYS', '*'],
    ['GET', 'other'],
    ['SHUTDOWN'],
  ]) {
    await expect(user.sendCommand(words), words.join(' ')).rejects.toThrow(/NOPERM/);
  }
});
