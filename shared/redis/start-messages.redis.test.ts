import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeOwnCertificate, type OwnCertificate } from './own-certificate.ts';
import { freePort, type OwnRedisServer, startOwnRedisServer } from './own-redis-server.ts';

/** What a function says, as a process, when its Redis cannot be used: one line, no stack. */
const NAMES = ['score', 'notify'] as const;
type Name = (typeof NAMES)[number];

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function start(name: Name, redisUrl: string, more: Record<string, string> = {}): ChildProcess {
  const script = join(import.meta.dirname, `../../functions/${name}/main.ts`);
  const child = spawn(process.execPath, [script], {
    env: {
      ...{ PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', REDIS_URL: redisUrl },
      ...{ K_SINK: 'http://127.0.0.1:9/', CHANNELS: 'none', ...more },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function ending(...words: Parameters<typeof start>): Promise<Ended> {
  const child = start(...words);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

async function redis(settings: readonly string[] = []): Promise<OwnRedisServer> {
  const server = await startOwnRedisServer(settings);
  onTestFinished(server.kill);
  return server;
}

/** A Redis that speaks TLS on one port, and plainly on another. */
async function tlsRedis({ certificateFile, keyFile }: OwnCertificate) {
  const tlsPort = await freePort();
  const files = ['--tls-cert-file', certificateFile, '--tls-key-file', keyFile];
  const server = await redis(['--tls-port', `${tlsPort}`, ...files, '--tls-auth-clients', 'no']);
  return { plainPort: server.port, tlsPort };
}

describe.each(NAMES)('%s', (name) => {
  test('ends with 78 and what to do, when Redis does not let it in or may evict keys (L5)', async () => {
    const { port } = await redis(['--requirepass', 'right']);
    const evicting = await redis(['--maxmemory-policy', 'allkeys-lru']);
    const at = `REDIS_URL: Redis at redis://127.0.0.1:${port}`;
    const noAuth = await ending(name, `redis://127.0.0.1:${port}`);
    const cure = 'its URL is to hold both: redis://USER:PASSWORD@HOST:PORT';
    expect(noAuth.stderr).toBe(
      `${at} does not let us in: NOAUTH Authentication required; ${cure}\n`,
    );
    const wrong = await ending(name, `redis://:wr0ng@127.0.0.1:${port}`);
    expect(wrong.stderr).toMatch(/^REDIS_URL: [^\n]* does not let us in: WRONGPASS [^\n]*\n$/);
    expect(wrong.stderr).not.toContain('wr0ng');
    const evicts = await ending(name, evicting.url);
    expect(evicts.stderr).toMatch(/^[^\n]*CONFIG SET maxmemory-policy noeviction[^\n]*\n$/);
    expect([noAuth.code, wrong.code, evicts.code]).toEqual([78, 78, 78]);
  });

  test('ends with 78 and what to do, when a certificate is not to be trusted', async () => {
    const { tlsPort } = await tlsRedis(await makeOwnCertificate());
    const own = await ending(name, `rediss://127.0.0.1:${tlsPort}`);
    expect(own).toEqual({
      code: 78,
      stderr:
        `REDIS_URL: Redis at rediss://127.0.0.1:${tlsPort} has a certificate we do not trust: ` +
        'self-signed certificate; NODE_EXTRA_CA_CERTS names the file of an authority to trust\n',
    });
    const expired = await makeOwnCertificate({ validUntil: new Date(performance.timeOrigin - 1) });
    const old = await tlsRedis(expired);
    const trusted = { NODE_EXTRA_CA_CERTS: expired.certificateFile };
    const { code, stderr } = await ending(name, `rediss://127.0.0.1:${old.tlsPort}`, trusted);
    expect(stderr).toMatch(/^[^\n]*we do not trust: certificate has expired[^\n]*\n$/);
    expect(code).toBe(78);
  });

  test('starts over TLS when the certificate is trusted', async () => {
    const certificate = await makeOwnCertificate();
    const { tlsPort } = await tlsRedis(certificate);
    const trusted = { NODE_EXTRA_CA_CERTS: certificate.certificateFile };
    let stdout = '';
    start(name, `rediss://127.0.0.1:${tlsPort}`, trusted).stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    await expect.poll(() => stdout, { timeout: 15_000 }).toContain('listening');
  });

  test('ends with 1 and what it met, when Redis is not reachable in ten seconds', async () => {
    const { plainPort, tlsPort } = await tlsRedis(await makeOwnCertificate());
    const web = createServer((_request, response) => void response.end('hello'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void web.close());
    const webPort = (web.address() as AddressInfo).port;
    const cases: readonly (readonly [url: string, met: RegExp])[] = [
      ['redis://:s3cret@127.0.0.1:1', /connect ECONNREFUSED 127\.0\.0\.1:1$/],
      [
        'redis://no-such-host.invalid',
        /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) no-such-host\.invalid$/,
      ],
      [`redis://127.0.0.1:${tlsPort}`, /\(does it speak TLS\? Then: rediss, not redis\)$/],
      [`rediss://127.0.0.1:${plainPort}`, /\(does it speak TLS\? If not: redis, not rediss\)$/],
      [`redis://127.0.0.1:${webPort}`, /is not reachable after 10000 ms: /],
    ];
    const ended = await Promise.all(cases.map(([url]) => ending(name, url)));
    for (const [i, [url, met]] of cases.entries()) {
      const { code, stderr } = ended[i] as Ended;
      expect(stderr.trimEnd(), url).toMatch(met);
      expect(stderr, url).toMatch(/^Redis at rediss?:\/\/[^\n]* is not reachable after [^\n]*\n$/);
      expect(stderr, url).not.toContain('s3cret');
      expect(code, url).toBe(1);
    }
  }, 60_000);
});
