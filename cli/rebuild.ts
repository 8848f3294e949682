import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '#shared/errors.ts';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import type { Rebuilt } from '../local/rebuild/rebuild.ts';
import { clusterOf } from './cluster-flags.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { needFlags } from './needed-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface RebuildFlags {
  readonly kafka: string;
  readonly redis?: string;
  readonly score?: string;
  readonly namespace?: string;
  readonly context?: string;
  readonly topic: string;
  readonly notify?: string;
  readonly fraud: string;
  readonly from?: number;
  readonly force?: boolean;
  readonly acceptLoss?: boolean;
  readonly quiet: number;
  readonly source: string;
  readonly json?: boolean;
}

const HELP = `
After a loss of Redis: score refuses everything by then, and says so in its log, /readyz and the
metric splitwatch_state_lost. This has score take nothing else, empties what is left of the totals,
posts again what the topic has of all that they would still know, each pair from where it was calm,
and opens score again. Alerts keep their ids, so nobody sees one twice. Where nothing is lost it
changes nothing. Stop the source meanwhile where you can (KafkaSource: spec.consumers 0): what it
delivers until the end is answered 503, and may become dead letters of records that are counted here.

AUTH_TOKEN is score's and notify's token, KAFKA_TLS and KAFKA_SASL_* log in to Kafka.
Exit code: 0 it is whole; 1 it is not, and score goes on refusing.

Examples:
  ./splitwatch rebuild --kafka localhost:9092 --redis redis://localhost:6379 --score http://localhost:8081
  ./splitwatch rebuild --namespace splitwatch --kafka kafka.example:9092     of a deployment
  ./splitwatch rebuild … --notify http://localhost:8082      alerts, too, when notify's Redis was lost
  ./splitwatch rebuild … --from 2026-11-24T10:00:00Z         everything since then
  ./splitwatch rebuild … --accept-loss                       go on with what there is, read nothing`;

export function register(program: Command): void {
  program
    .command('rebuild')
    .description('read the topic again after a loss of Redis')
    .addOption(new Option('--kafka <host:port>', 'brokers').env('KAFKA_BROKERS'))
    .addOption(new Option('--redis <url>', "score's Redis").env('REDIS_URL'))
    .option('--score <url>', 'where score listens; it says by which rule')
    .option('-n, --namespace <name>', 'of a deployment: Redis, score and notify are found there')
    .option('--context <name>', 'of the kubeconfig (KUBECONFIG); its current one unless set')
    .option('--topic <topic>', 'the topic with the transactions', 'transactions')
    .option('--notify <url>', 'where notify listens: its alerts are read again, too')
    .option('--fraud <topic>', 'the topic with the fraud events', 'fraud')
    .option('--from <time>', 'read again all records since then, RFC 3339', parseTime)
    .option('--force', 'empty the totals and read again although nothing is known to be lost')
    .option('--accept-loss', 'read nothing: have score go on with what Redis has')
    .addOption(
      new Option('--quiet <time>', 'wait so long for requests under way before emptying')
        .argParser(parseDuration)
        .default(15_000, '15s'),
    )
    .option('--source <namespace/name>', 'of the KafkaSource', 'default/transactions')
    .option('--json', 'the result as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: RebuildFlags, command: Command) => {
      const { kafka, redis, score, namespace } = flags;
      const places = { '--redis URL': redis, '--score URL': score };
      needFlags(command, {
        '--kafka HOST:PORT': kafka,
        ...(namespace === undefined && places),
      });
      process.exit(await run(flags));
    });
}

/** Where everything is, said or found out. */
interface Places {
  readonly redis: string;
  readonly score: string;
  readonly notify: string | undefined;
  readonly token: string | undefined;
}

async function run(flags: RebuildFlags): Promise<number> {
  if (flags.namespace === undefined) {
    const { redis, score, notify } = flags;
    return rebuildAt(flags, {
      ...{ redis: redis as string, score: score as string, notify },
      token: process.env.AUTH_TOKEN,
    });
  }
  const { reachState } = await import('../local/cluster/reach-state.ts');
  const reached = await reachState(await clusterOf(flags), flags.namespace);
  try {
    return await rebuildAt(flags, {
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
  const redis = await connectRedis({ url: places.redis, timeoutMs: 10_000, log });
  const security = securityOfEnvironment();
  const history = createKafkaHistory({ brokers: brokersOf(flags.kafka), log, security });
  try {
    const { acceptLoss, rebuild } = await import('../local/rebuild/rebuild.ts');
    if (flags.acceptLoss) {
      await acceptLoss({ redis, now: Date.now, makeId: randomUUID });
      say('score goes on with what Redis has; what was lost is missing until a rebuild --force');
      return 0;
    }
    const [namespace = 'default', name = flags.topic] = flags.source.split('/');
    const { score, notify, token } = places;
    const result = await rebuild({
      ...{ history, redis, source: { namespace, name }, quietMs: flags.quiet },
      score: { topic: flags.topic, url: score, token },
      ...(notify !== undefined && { alerts: { topic: flags.fraud, url: notify, token } }),
      ...(flags.from !== undefined && { fromMs: flags.from }),
      ...(flags.force !== undefined && { isForced: flags.force }),
      ...{ now: Date.now, makeId: randomUUID, signal: stopSignal() },
      report: { say, progress: showProgress(process.stderr) },
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else process.stdout.write(`${inWords(result)}\n`);
    return 0;
  } catch (error) {
    throw explained(error, flags);
  } finally {
    await Promise.all([history.close(), redis.close()]);
  }
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

function explained(error: unknown, { kafka, topic }: RebuildFlags): unknown {
  if ((error as Error).name === 'AbortError') {
    return new Error('stopped; score refuses everything until a rebuild has come to its end');
  }
  if (!(error instanceof AppError) || error.code !== 'topic') return error;
  return new Error(`${error.message}; is --kafka ${kafka} a running broker with topic ${topic}?`, {
    cause: error,
  });
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
