import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readHeyCsv } from './hey-load.ts';
import { bySecond, type LoadSample, percentile, summarize } from './load-samples.ts';
import { loadSvg } from './load-svg.ts';
import { countInWindows, loadTraffic } from './load-traffic.ts';
import { checkTarget, postLoad } from './post-load.ts';

const sample = (atMs: number, latencyMs: number, status = 200): LoadSample => ({
  ...{ atMs, latencyMs, status },
});

it.each([
  [[], 0.5, 0],
  [[7], 0.99, 7],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 1, 4],
])('of %j the percentile %f is %f', (values, part, expected) => {
  expect(percentile(values, part)).toBe(expected);
});

describe('a load', () => {
  const samples = [sample(0, 10), sample(900, 30, 503), sample(2100, 20, 0)];
  const moments = [
    { atMs: 0, readyPods: 0, pods: 0, lag: undefined },
    { atMs: 1500, readyPods: 2, pods: 3, lag: 5 },
  ];

  it('is told second by second, silent ones too', () => {
    const seconds = bySecond(samples, moments);
    expect(seconds.map(({ requests, failures }) => [requests, failures])).toEqual([
      ...[
        [2, 1],
        [0, 0],
        [1, 1],
      ],
    ]);
    expect(seconds.map(({ readyPods }) => readyPods)).toEqual([0, 2, 2]);
    expect(seconds[0]).toMatchObject({ latencyMsP50: 10, latencyMsP99: 30 });
  });

  it('counts everything but 2xx as failed, and says what it was', () => {
    expect(summarize(samples, moments)).toMatchObject({
      ...{ requests: 3, failures: 2, podsMax: 2, podsAtStart: 0, latencyMsMax: 30 },
      byStatus: { '200': 1, '503': 1, 'no answer': 1 },
    });
  });

  it('is drawn with its title escaped, and every number finite', () => {
    const svg = loadSvg('a < b', bySecond(samples, moments));
    expect(svg).toContain('a &#60; b');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(loadSvg('none', [])).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it('what hey prints is read by its columns’ names', () => {
  const text = 'response-time,status-code,offset\n0.0150,200,1.5000\n0.2000,503,2.0000\n';
  expect(readHeyCsv(text)).toEqual([sample(1500, 15), sample(2000, 200, 503)]);
});

it.each(['http://example.org', 'https://127.0.0.1', 'http://10.0.0.1', 'x'])(
  'load is not sent to %s',
  (url) => {
    expect(() => checkTarget({ url })).toThrow(/this machine only/);
  },
);

it('posts distinct transactions within the bounds, and counts what is in the windows', async () => {
  const ids = new Set<string>();
  let underWay = 0;
  let most = 0;
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ transactionCount: request.url?.endsWith('to-0') ? 3 : 4 }));
      return;
    }
    most = Math.max(most, ++underWay);
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { id } = JSON.parse(body) as { id: string };
      ids.add(id);
      underWay -= 1;
      if (ids.size === 5) response.destroy();
      else response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const target = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const traffic = loadTraffic({ run: 'r', pairs: 2, now: () => 0 });
  const samples: LoadSample[] = [];
  const posted = await postLoad({
    ...{ target, forMs: 300, concurrency: 3, ratePerSecond: 100, bodyOf: traffic.bodyOf },
    signal: new AbortController().signal,
    onSample: (one) => samples.push(one),
  });
  expect(posted).toBe(samples.length);
  expect(ids.size).toBe(posted);
  expect(posted).toBeLessThanOrEqual(30);
  expect(most).toBeLessThanOrEqual(3);
  expect(samples.filter(({ status }) => status === 0)).toHaveLength(1);
  expect(await countInWindows(target, traffic.pairs)).toBe(7);
});
