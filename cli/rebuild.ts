import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import type { Rebuilt } from '../local/rebuild/rebuild.ts';
import { parseDuration } from './duration.ts';
import { securityOfEnvironment } from './kafka-flags.ts';
import { findLine, type Line, type LineFlags, needPlaces, withLineFlags } from './line-flags.ts';
import { ofRedisFlag } from './redis-flag.ts';
import { stopSignal } from './stop-signal.ts';

interface RebuildFlags extends LineFlags {
  readonly redis?: string;
  readonly score?: string;
  readonly topic?: string;
  readonly notify?: string;
  readonly fraud?: string;
  readonly from?: number;
  readonly force?: boolean;
  readonly acceptLoss?: boolean;
  readonly quiet: number;
  readonly source?: string;
  readonly json?: boolean;
}

const HELP = `
After a loss of Redis: score refuses everything by then, and says so in its log, /readyz and the
metric splitwatch_state_lost. This has score take nothing else, empties what is left of the totals,
posts again what the topic has of all that they would still know, each pair from where it was calm,
and opens score again. Alerts keep their ids, so nobody sees one twice. Where nothing is lost it
changes nothing. Of a deployment all is found but Kafka as it is reached from here, and its
KafkaSource is stopped meanwhile and started again, however it ends. Else stop what delivers yourself
where you can: until the end it is answered 503, and dead letters may come of what is counted here.

AUTH_TOKEN is score's and notify's token, KAFKA_TLS and KAFKA_SASL_* log in to Kafka.
Exit code: 0 it is whole; 1 it is not, and score goes on refusing.

Examples:
  ./splitwatch rebuild --kafka localhost:9092 --redis redis://localhost:6379 --score http://localhost:8081
  ./splitwatch rebuild --namespace splitwatch --kafka kafka.example:9092     of a deployment
  ./splitwatch rebuild … --notify http://localhost:8082      alerts, too, when notify's Redis was lost
  ./splitwatch rebuild … --from 2026-11-24T10:00:00Z         everything since then
  ./splitwatch rebuild … --accept-loss                       go on with what there is, read nothing`;

export function register(program: Command): void {
  const command = program
    .command('rebuild')
    .description('read the topic again after a loss of Redis');
  withLineFlags(command)
    .addOption(new Option('--redis <url>', "score's Redis").env('REDIS_URL'))
    .option('--score <url>', 'where score listens; it says by which rule')
    .option('--topic <topic>', 'with the transactions; transactions unless given or found')
    .option('--notify <url>', 'where notify listens: its alerts are read again, too')
    .option('--fraud <topic>', 'with the fraud events; fraud unless given or found')
    .option('--from <time>', 'read again all records since then, RFC 3339', parseTime)
    .option('--force', 'empty the totals and read again although nothing is known to be lost')
    .option('--accept-loss', 'read nothing: have score go on with what Redis has')
    .addOption(
      new Option('--quiet <time>', 'wait so long for requests under way before emptying')
        .argParser(parseDuration)
        .default(15_000, '15s'),
    )
    .option('--source <namespace/name>', 'of the KafkaSource; default/TOPIC unless given or found')
    .option('--json', 'the result as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: RebuildFlags, command: Command) => {
      needPlaces(command, flags, { '--redis URL': flags.redis, '--score URL': flags.score });
      process.exit(await run(flags));
    });
}

/** Where everything is, said or found out. */
interface Places {
  readonly line: Line;
  readonly redis: string;
  readonly score: string;
  readonly notify: string | undefined;
  readonly token: string | undefined;
}

async function run(flags: RebuildFlags): Promise<number> {
  const line = await findLine(flags);
  if (line.deployed === undefined || flags.namespace === undefined) {
    const { redis, score, notify } = flags;
    return rebuildAt(flags, {
      ...{ line, redis: redis as string, score: score as string, notify },
      token: process.env.AUTH_TOKEN,
    });
  }
  const { reachState } = await import('../local/cluster/reach-state.ts');
  const reached = await reachState(line.deployed.cluster, flags.namespace);
  try {
    return await rebuildAt(flags, {
      line,
      redis: flags.redis ?? reached.redisUrl,
      score: flags.score ?? reached.scoreUrl,
      notify: flags.notify ?? reached.notifyUrl,
      token: process.env.AUTH_TOKEN ?? reached.token,
    });
  } finally {
    await reached.close();
  }
}

async function rebuildAt(flags: RebuildFlags, places: Places): Promise<number> {
  const log = createLog('rebuild', 'warn');
  const { brokers, deployed } = places.line;
  const redisOptions = { url: places.redis, timeoutMs: 10_000, startTimeoutMs: 10_000, log };
  const redis = await connectRedis(redisOptions).catch((error: unknown) => {
    throw ofRedisFlag(error, places.redis);
  });
  const history = createKafkaHistory({ brokers, log, security: securityOfEnvironment() });
  try {
    const { acceptLoss, rebuild } = await import('../local/rebuild/rebuild.ts');
    if (flags.acceptLoss) {
      await acceptLoss({ redis, now: Date.now, makeId: randomUUID });
      say('score goes on with what Redis has; what was lost is missing until a rebuild --force');
      return 0;
    }
    const { score, notify, token } = places;
    const topic = flags.topic ?? deployed?.topic ?? 'transactions';
    const fraud = flags.fraud ?? deployed?.fraudTopic ?? 'fraud';
    const result = await rebuild({
      ...{ history, redis, source: sourceOf(flags, deployed, topic), quietMs: flags.quiet },
      score: { topic, url: score, token },
      ...(notify !== undefined && { alerts: { topic: fraud, url: notify, token } }),
      ...(flags.from !== undefined && { fromMs: flags.from }),
      ...(flags.force !== undefined && { isForced: flags.force }),
      ...(deployed !== undefined && { pause: () => pauseOf(deployed) }),
      ...{ now: Date.now, makeId: randomUUID, signal: stopSignal() },
      report: { say, progress: showProgress(process.stderr) },
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else process.stdout.write(`${inWords(result)}\n`);
    return 0;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    throw new Error('stopped; score refuses everything until a rebuild has come to its end');
  } finally {
    await Promise.all([history.close(), redis.close()]);
  }
}

function sourceOf(
  { source }: RebuildFlags,
  deployed: Line['deployed'],
  topic: string,
): { namespace: string; name: string } {
  if (source === undefined) return deployed?.source ?? { namespace: 'default', name: topic };
  const [namespace = 'default', name = topic] = source.split('/');
  return { namespace, name };
}

/** Stops what delivers to score in the deployment; says so, and when it goes on. */
async function pauseOf(deployed: NonNullable<Line['deployed']>): Promise<() => Promise<void>> {
  const { cluster, feeder } = deployed;
  const { pauseSource } = await import('../local/cluster/pause-source.ts');
  const { consumers, resume } = await pauseSource(cluster, feeder);
  const name = `${feeder.kind} ${feeder.name}`;
  if (consumers === 0) {
    say(`${name} has no consumers, and is left as it is`);
    return resume;
  }
  say(`${name} is stopped meanwhile`);
  return async () => {
    await resume();
    say(`${name} goes on with ${many(consumers, 'consumer')}`);
  };
}

function inWords({ wasRepaired, pairs, accepted, refused, alerts }: Rebuilt): string {
  const read = `${many(accepted, 'transaction')} of ${many(pairs, 'pair')} read again`;
  const what = `${read}, ${refused} refused as before`;
  const told = alerts > 0 ? `, ${many(alerts, 'fraud event')} told to notify` : '';
  return `${wasRepaired ? 'rebuilt' : 'nothing was lost'}: ${what}${told}`;
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** In one line on a terminal; a line at each tenth elsewhere. */
function showProgress(stream: NodeJS.WriteStream) {
  let shown = '';
  return (what: string, done: number, all: number): void => {
    const percent = all === 0 ? 100 : Math.floor((100 * done) / all);
    const step = stream.isTTY ? percent : percent - (percent % 10);
    const line = `${what}: ${step} % of ${all}`;
    if (line === shown) return;
    shown = line;
    stream.write(stream.isTTY ? `\r${line}\x1b[K${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function parseTime(text: string): number {
  const timeMs = parseRfc3339(text);
  if (timeMs !== undefined) return timeMs;
  throw new InvalidArgumentError('expected a time such as 2026-11-24T10:00:00Z');
}
