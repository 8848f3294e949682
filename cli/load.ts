import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createLog } from '#shared/log.ts';
import { secondJson, secondLine } from '../local/cluster/load-lines.ts';
import type { LoadMoment, LoadSample, LoadSummary } from '../local/cluster/load-samples.ts';
import type { ReachedScore } from '../local/cluster/score-target.ts';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface LoadFlags extends ClusterFlags {
  readonly for: number;
  readonly concurrency: number;
  readonly rate: number;
  readonly pairs: number;
  readonly ingress?: string;
  readonly token?: string;
  readonly kafka?: string;
  readonly svg: string;
  readonly hey?: boolean;
  readonly json?: boolean;
}

const HELP = `
Posts transactions to the deployed score, each another one, and looks at its pods every second. At
the end, what score has counted must be what it answered. Load goes to this machine's addresses only:
the ingress of a cluster here, or a forwarded port. Exit code 1 when an answer failed.

Examples:
  ./splitwatch load --ingress http://127.0.0.1:31080
  ./splitwatch load --for 30s --concurrency 20 --rate 200 --json
  ./splitwatch load --hey                     with hey: one request, which counts each time`;

export function register(program: Command): void {
  withClusterFlags(
    program.command('load').description('drive the score on the cluster, and show how it scales'),
  )
    .option('--for <time>', 'how long', parseDuration, 60_000)
    .option('--concurrency <n>', 'requests under way at once', parseWhole(1, 2000), 100)
    .option('--rate <per second>', 'at most so many; 0: no bound', parseWhole(0, 100_000), 0)
    .option('--pairs <n>', 'pairs of accounts that it is spread over', parseWhole(1, 10_000), 200)
    .option('--ingress <url>', 'where the ingress listens (or INGRESS); else a forwarded port')
    .option('--token <token>', 'that score wants (or AUTH_TOKEN)')
    .option('--kafka <host:port>', 'brokers as seen from here, to show the lag')
    .option('--svg <file>', 'where the picture is written', 'splitwatch-load.svg')
    .option('--hey', 'let hey post')
    .option('--json', 'one JSON object a line: each second, and at the end a summary')
    .addHelpText('after', HELP)
    .action(async (flags: LoadFlags) => process.exit(await runLoad(flags)));
}

async function runLoad(flags: LoadFlags): Promise<number> {
  const signal = stopSignal();
  const cluster = await clusterOf(flags);
  const { reachScore } = await import('../local/cluster/score-target.ts');
  const ingress = flags.ingress ?? process.env.INGRESS;
  const score = await reachScore(cluster, flags.namespace, ingress);
  if (!flags.json) process.stdout.write(`Score ${score.how}\n`);
  if (flags.hey && !flags.json) process.stdout.write('hey tells of its answers at the end\n');
  const samples: LoadSample[] = [];
  const moments: LoadMoment[] = [];
  const { watchLoad } = await import('../local/cluster/watch-load.ts');
  const watching = new AbortController();
  const lag = await lagReader(flags);
  const watched = watchLoad({
    ...{ cluster, namespace: flags.namespace, functionName: 'score', readLag: lag.read },
    signal: watching.signal,
    onMoment: (moment) => {
      moments.push(moment);
      tellMoment(flags, moment, samples);
    },
  });
  const check = await post(flags, score, samples, signal).finally(async () => {
    watching.abort();
    await watched;
    await lag.close();
  });
  const counted = await check();
  await score.close();
  return report(flags, samples, moments, counted);
}

/** Resolves when the load is over, with what can count afterwards what score has taken in. */
async function post(
  flags: LoadFlags,
  { target: reached }: ReachedScore,
  samples: LoadSample[],
  signal: AbortSignal,
): Promise<() => Promise<number>> {
  const token = flags.token ?? process.env.AUTH_TOKEN;
  const target = { ...reached, token };
  const { countInWindows, loadTraffic } = await import('../local/cluster/load-traffic.ts');
  const run = Date.now().toString(36);
  const traffic = loadTraffic({ run, pairs: flags.pairs, now: Date.now });
  const limits = { forMs: flags.for, concurrency: flags.concurrency, ratePerSecond: flags.rate };
  if (flags.hey) {
    const { heyLoad } = await import('../local/cluster/hey-load.ts');
    const { id: _id, ...body } = JSON.parse(traffic.bodyOf(0)) as Record<string, unknown>;
    samples.push(...(await heyLoad({ ...limits, target, signal, body: JSON.stringify(body) })));
    return () => countInWindows(target, traffic.pairs.slice(0, 1));
  }
  const { postLoad } = await import('../local/cluster/post-load.ts');
  await postLoad({
    ...{ ...limits, target, signal, bodyOf: traffic.bodyOf },
    onSample: (sample) => samples.push(sample),
  });
  return () => countInWindows(target, traffic.pairs);
}

async function lagReader({ kafka, namespace, ...flags }: LoadFlags) {
  if (kafka === undefined) return { read: async () => undefined, close: async () => {} };
  const { createKafkaGroups } = await import('#shared/kafka/kafka-groups.ts');
  const { inventoryRef, readInventory } = await import('../local/cluster/inventory.ts');
  const cluster = await clusterOf(flags);
  const inventory = readInventory(await cluster.read(inventoryRef(namespace)));
  const security = securityOfEnvironment();
  const log = createLog('load', 'silent');
  const groups = createKafkaGroups({ brokers: brokersOf(kafka), log, security });
  const read = async (): Promise<number> => {
    let lag = 0;
    for (const { group, topic } of inventory?.kafka.groups ?? []) {
      lag += await groups.lag(group, topic);
    }
    return lag;
  };
  return { read, close: () => groups.close() };
}

function tellMoment(flags: LoadFlags, moment: LoadMoment, samples: readonly LoadSample[]): void {
  const seen = { moment, samples: flags.hey ? undefined : samples };
  const line = flags.json ? JSON.stringify(secondJson(seen)) : secondLine(seen);
  process.stdout.write(`${line}\n`);
}

async function report(
  flags: LoadFlags,
  samples: readonly LoadSample[],
  moments: readonly LoadMoment[],
  counted: number,
): Promise<number> {
  const { bySecond, summarize } = await import('../local/cluster/load-samples.ts');
  const { loadSvg } = await import('../local/cluster/load-svg.ts');
  const summary = summarize(samples, moments);
  const { requests, podsMax } = summary;
  const pods = podsMax === 1 ? '1 pod' : `${podsMax} pods`;
  const title = `score under load: ${requests} requests, up to ${pods}`;
  await writeFile(flags.svg, loadSvg(title, bySecond(samples, moments)));
  const accepted = summary.requests - summary.failures;
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ summary: { ...summary, accepted, counted } })}\n`);
  } else {
    process.stdout.write(`${table(summary, accepted, counted)}\nThe picture: ${flags.svg}\n`);
  }
  const isWhole = summary.failures > 0 || counted === accepted;
  return summary.failures === 0 && summary.requests > 0 && isWhole ? 0 : 1;
}

function table(summary: LoadSummary, accepted: number, counted: number): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const rows: readonly (readonly [string, string])[] = [
    ['requests', String(summary.requests)],
    ['failed', String(summary.failures)],
    ...Object.entries(summary.byStatus).map(([name, n]) => [`  ${name}`, String(n)] as const),
    ['a second', summary.requestsPerSecond.toFixed(0)],
    ['latency p50', ms(summary.latencyMsP50)],
    ['latency p95', ms(summary.latencyMsP95)],
    ['latency p99', ms(summary.latencyMsP99)],
    ['latency max', ms(summary.latencyMsMax)],
    ['pods', `${summary.podsAtStart} at the start, ${summary.podsMax} at most`],
    ['counted', `${counted} of ${accepted} that were accepted`],
  ];
  return `\n${rows.map(([name, value]) => `${name.padEnd(14)}${value.padStart(12)}`).join('\n')}\n`;
}
