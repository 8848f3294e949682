import { createClient } from '@redis/client';
import { expect, it, onTestFinished } from 'vitest';
import { emptyRedis } from './start-for-test.ts';

/** Not the lane's own, which other files of it use. */
const DATABASE = 10;

async function connect(url: string) {
  const client = createClient({ url });
  await client.connect();
  onTestFinished(async () => {
    await client.flushDb();
    await client.close();
  });
  return client;
}

it('empties a database that it took when it was empty, and none that holds anything else', async () => {
  const client = await connect(await emptyRedis(DATABASE));
  await client.set('left by a run that was killed', '1');
  await emptyRedis(DATABASE);
  expect(await client.exists('left by a run that was killed')).toBe(0);
  await client.flushDb();
  await client.set("somebody's own", '1');
  await expect(emptyRedis(DATABASE)).rejects.toThrow('database 10 of REDIS_URL holds keys');
  expect(await client.get("somebody's own")).toBe('1');
  await client.flushDb();
});
