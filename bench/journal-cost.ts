/**
 * What the journal costs score: marks, receipts and the epoch's count, with and without.
 *
 *   node bench/journal-cost.ts [--rounds 9] [--requests 4000] [--json] [--cpu-prof FOLDER]
 *
 * Two processes of score on a redis-server of their own (which has to be installed), one of them
 * with a journal that keeps nothing, take the same load by turns: 64 requests in flight, each one
 * CloudEvent as KafkaSource posts it. Medians of the rounds' ratios. Processor time, score's and
 * Redis's, says what it costs on a busy machine as well; throughput only on a quiet one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@redis/client';
import { encodeTransactionRequest } from '#shared/events/transaction-event.ts';
import { startOwnRedisServer } from '#shared/redis/own-redis-server.ts';

const IN_FLIGHT = 64;
const PARTITIONS = 6;
const PAIRS = 2000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    requests: { type: 'string', default: '4000' },
    json: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
  },
});

/** Microseconds a request, and requests a second. */
interface Cost {
  readonly scoreUs: number;
  readonly redisUs: number;
  readonly perSecond: number;
}

interface Side {
  readonly score: ChildProcess;
  readonly url: string;
  sent: number;
}

const redisServer = await startOwnRedisServer();
const redis = await createClient({ url: redisServer.url }).connect();
const sink = createServer((_request, response) => response.writeHead(202).end());
await once(sink.listen(0, '127.0.0.1'), 'listening');
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
try {
  await main(Number(values.rounds), Number(values.requests));
} finally {
  agent.destroy();
  sink.close();
  redis.destroy();
  await redisServer.kill();
}

async function main(rounds: number, requests: number): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0;
  const [on, off] = [await startScore('on', 0), await startScore('off', 1)];
  await Promise.all([load(on, requests), load(off, requests)]); // until both are compiled
  const costs: { readonly on: Cost; readonly off: Cost }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await measure(round % 2 === 0 ? on : off, requests);
    const second = await measure(round % 2 === 0 ? off : on, requests);
    costs.push(round % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  for (const { score } of [on, off]) {
    const ended = once(score, 'exit');
    score.disconnect();
    await ended;
  }
  const report = { rounds, requests, node: process.version, loadBefore, ...medians(costs) };
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(report));
}

async function startScore(journal: 'on' | 'off', database: number): Promise<Side> {
  const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  const folder = values['cpu-prof'];
  const score = fork(join(import.meta.dirname, 'journal-cost-score.ts'), {
    env: {
      ...{ JOURNAL: journal, PORT: '0', HOST: '127.0.0.1', K_SINK: sinkUrl, LOG_LEVEL: 'warn' },
      ...{ REDIS_URL: `${redisServer.url}/${database}`, MAX_FUTURE_MS: '0' },
    },
    execArgv: folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}/${journal}`],
  });
  const [{ port }] = (await once(score, 'message')) as [{ port: number }];
  return { score, url: `http://127.0.0.1:${port}/`, sent: 0 };
}

async function measure(side: Side, requests: number): Promise<Cost> {
  const [score, inRedis, beganMs] = [await cpuOf(side), await redisCpuUs(), performance.now()];
  await load(side, requests);
  const tookMs = performance.now() - beganMs;
  return {
    scoreUs: ((await cpuOf(side)) - score) / requests,
    redisUs: ((await redisCpuUs()) - inRedis) / requests,
    perSecond: (1000 * requests) / tookMs,
  };
}

async function cpuOf({ score }: Side): Promise<number> {
  const answered = once(score, 'message') as Promise<[{ cpu: NodeJS.CpuUsage }]>;
  score.send('cpu');
  const [{ cpu }] = await answered;
  return cpu.user + cpu.system;
}

async function redisCpuUs(): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return 1e6 * (seconds('used_cpu_user') + seconds('used_cpu_sys'));
}

async function load(side: Side, requests: number): Promise<void> {
  let left = requests;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await post(side);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

function post(side: Side): Promise<void> {
  const n = side.sent++;
  const { headers, body } = encodeTransactionRequest({
    ...{ origin: `${n % PAIRS}`, target: '26', currency: 'USD', amountMinor: 100 + (n % 900) },
    ...{ source: '/bench', eventId: `${n}`, eventTimeMs: 1_767_603_602_000 + 20 * n },
  });
  const place = {
    'ce-knativekafkapartition': String(n % PARTITIONS),
    'ce-knativekafkaoffset': String(Math.floor(n / PARTITIONS)),
  };
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { ...headers, ...place } };
    const posting = request(side.url, options, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 204) resolve();
        else reject(new Error(`score answers ${response.statusCode}`));
      });
    });
    posting.on('error', reject);
    posting.end(body);
  });
}

function medians(costs: readonly { readonly on: Cost; readonly off: Cost }[]) {
  const median = (of: (round: (typeof costs)[number]) => number): number => {
    const sorted = costs.map(of).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const side = (name: 'on' | 'off'): Cost => ({
    scoreUs: median((round) => round[name].scoreUs),
    redisUs: median((round) => round[name].redisUs),
    perSecond: median((round) => round[name].perSecond),
  });
  const cpu = ({ scoreUs, redisUs }: Cost): number => scoreUs + redisUs;
  return {
    ...{ on: side('on'), off: side('off') },
    ratios: {
      score: median(({ on, off }) => on.scoreUs / off.scoreUs),
      redis: median(({ on, off }) => on.redisUs / off.redisUs),
      both: median(({ on, off }) => cpu(on) / cpu(off)),
      perSecond: median(({ on, off }) => on.perSecond / off.perSecond),
    },
  };
}

function table(report: ReturnType<typeof medians> & Record<string, unknown>): string {
  const { on, off, ratios, rounds, requests, node, loadBefore } = report;
  const row = (what: string, digits: number, numbers: readonly [number, number, number]): string =>
    `| ${what} | ${numbers[0].toFixed(digits)} | ${numbers[1].toFixed(digits)} | ${numbers[2].toFixed(3)} |`;
  const both = [on, off].map(({ scoreUs, redisUs }) => scoreUs + redisUs) as [number, number];
  return [
    `Node ${node}, medians of ${rounds} rounds of ${requests} requests each; load average before: ` +
      `${Number(loadBefore).toFixed(1)} on ${availableParallelism()} cores`,
    '',
    '| | with | without | ratio |',
    '| --- | ---: | ---: | ---: |',
    row('score, µs of processor time a request', 0, [on.scoreUs, off.scoreUs, ratios.score]),
    row('Redis, the same', 0, [on.redisUs, off.redisUs, ratios.redis]),
    row('both', 0, [...both, ratios.both]),
    row('requests a second', 0, [on.perSecond, off.perSecond, ratios.perSecond]),
    '',
  ].join('\n');
}
