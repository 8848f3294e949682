import { runProgramFile } from '../services/run-program.ts';
import { redisInfo } from './redis-command.ts';
import type { Stage } from './stage.ts';

/** What the parts hold when all is settled. */
export interface Held {
  /** Resident memory of each process of our own code. */
  readonly rssBytes: ReadonlyMap<string, number>;
  readonly redisBytes: number;
  readonly redisClients: number;
}

const NAMES = ['score', 'notify', 'source', 'sink'] as const;

/**
 * A process keeps what its heap once grew to, and freed buffers for a while: the source, working
 * off a backlog, has been seen to hold 210 MB more than before, all of it garbage. So the heaps are
 * bounded here; what leaks into one ends its process, and that is counted (`Fault.kills`).
 */
const RSS_GROWTH_MAX_BYTES = 192 * 1024 * 1024;

/** Seen: 250 bytes a transaction with all that is kept of it, and 1 MB for Redis itself. */
const REDIS_BYTES_PER_TRANSACTION = 1000;
const REDIS_SLACK_BYTES = 8 * 1024 * 1024;
/** Score has one, notify two with its probes', the asker one; another may be about to close. */
const REDIS_CLIENTS_MAX = 5;

export async function measureHeld({ functions, redisUrl }: Stage): Promise<Held> {
  const groups = await rssByGroup();
  const info = await redisInfo(redisUrl);
  return {
    rssBytes: new Map(NAMES.map((name) => [name, groups.get(functions[name].pid) ?? 0])),
    redisBytes: info.get('used_memory') ?? 0,
    redisClients: info.get('connected_clients') ?? 0,
  };
}

/** How much more each process holds than before, bytes. */
export function rssGrowth(before: Held, now: Held): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...now.rssBytes].map(([name, bytes]) => [name, bytes - (before.rssBytes.get(name) ?? 0)]),
  );
}

/** What has not gone back to where it was, in words. */
export function grown(before: Held, now: Held, transactions: number): string[] {
  const problems: string[] = [];
  for (const [name, grownBytes] of Object.entries(rssGrowth(before, now))) {
    if (grownBytes > RSS_GROWTH_MAX_BYTES) problems.push(`${name} holds ${mb(grownBytes)} more`);
  }
  const redisMaxBytes = REDIS_SLACK_BYTES + REDIS_BYTES_PER_TRANSACTION * transactions;
  if (now.redisBytes > redisMaxBytes) problems.push(`Redis holds ${mb(now.redisBytes)}`);
  if (now.redisClients > REDIS_CLIENTS_MAX) problems.push(`Redis has ${now.redisClients} clients`);
  return problems;
}

/** Sums over process groups, as `ps` of any system tells them. */
async function rssByGroup(): Promise<ReadonlyMap<number, number>> {
  const { output } = await runProgramFile('ps', ['-A', '-o', 'pgid=,rss='], { timeoutMs: 10_000 });
  const sums = new Map<number, number>();
  for (const [, group, kilobytes] of output.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)) {
    sums.set(Number(group), (sums.get(Number(group)) ?? 0) + Number(kilobytes) * 1024);
  }
  return sums;
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
