import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import jars from './kafka-jars.json' with { type: 'json' };
import { provideKafkaJars } from './kafka-jars.ts';

let cache = '';
let asked: string[] = [];
let server: Server | undefined;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'splitwatch-jars-'));
  asked = [];
});
afterEach(async () => {
  server?.close();
  await rm(cache, { recursive: true, force: true });
});

/** A mirror that answers every request in the same way. */
async function mirror(status: number, body: string): Promise<string> {
  const started = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end(body);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/maven`;
}

function provide(repository: string): Promise<string> {
  return provideKafkaJars(() => {}, { XDG_CACHE_HOME: cache, MAVEN_REPO_URL: repository });
}

describe('downloading the jars', () => {
  it('refuses a file that is not the one in the list, and leaves nothing in the cache', async () => {
    await expect(provide(await mirror(200, 'not a jar'))).rejects.toThrow(
      /^kafka: http\S+\.jar is not the file that kafka-jars\.json names; set MAVEN_REPO_URL/,
    );
    expect(await readdir(join(cache, 'splitwatch', 'kafka'))).toEqual([]);
  });

  it('says in one line which address does not have a file', async () => {
    await expect(provide(await mirror(404, ''))).rejects.toThrow(/\.jar answered 404; set MAVEN/);
    expect(asked[0]).toMatch(/^\/maven\/org\/\S+\/\S+-\S+\.jar$/);
  });
});

it('lists each jar with its size and sum', () => {
  expect(Object.keys(jars)).toContain('org.apache.kafka:kafka_2.13:4.3.1');
  for (const [coordinates, { bytes, sha256 }] of Object.entries(jars)) {
    expect(coordinates).toMatch(/^[\w.-]+:[\w.-]+:[\w.-]+$/);
    expect(bytes).toBeGreaterThan(1_000);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
