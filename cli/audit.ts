import { type Command, Option } from 'commander';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { makeConnection } from '#shared/redis/client.ts';
import { openRedisTotalsStore } from '../functions/score/store/redis-store.ts';
import { audit } from '../local/audit/audit.ts';
import { auditToJson } from '../local/audit/audit-json.ts';
import { type AuditReport, isClean } from '../local/audit/audit-report.ts';
import { auditText } from '../local/audit/audit-text.ts';
import { printableJson } from '../local/printable.ts';
import { progressLine } from '../local/progress-line.ts';
import { securityOfEnvironment } from './kafka-flags.ts';
import { findLine, type Line, type LineFlags, needPlaces, withLineFlags } from './line-flags.ts';
import { ofRedisFlag } from './redis-flag.ts';
import { chooseRule, type RuleFlags, withRuleFlags, withStateTtlFlag } from './rule-flags.ts';

const HELP = `
It only reads, and may run while traffic flows. Name score, so that it says by which rule it runs.
Of a deployment, Redis, score and all names are found; Kafka is named as it is reached from here.

Exit code: 0 nothing is missing and every total is as the log says; 1 anything else. What each kind
of gap means, and what to do: docs/audit.md. AUTH_TOKEN is score's token, KAFKA_TLS and KAFKA_SASL_*
log in to Kafka.

Examples:
  ./splitwatch audit --kafka localhost:9092 --redis redis://localhost:6379 --score http://localhost:8081
  ./splitwatch audit --namespace splitwatch --kafka kafka.example:9092      of a deployment
  ./splitwatch audit --kafka localhost:9092 --redis redis://localhost:6379 --json | jq .counts
  ./splitwatch audit --group other-score --window 30m --threshold 5000.00`;

interface AuditFlags extends RuleFlags, LineFlags {
  readonly redis?: string;
  readonly topic?: string;
  readonly dlq?: string;
  readonly group?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('audit')
    .description('find what was lost between topic, Redis and dead letters');
  withLineFlags(command)
    .addOption(new Option('--redis <url>', "score's Redis").env('REDIS_URL'))
    .option('--topic <topic>', 'with the transactions; transactions unless given or found')
    .option('--dlq <topic>', 'with its dead letters; the same name and -dlq unless given or found')
    .option('--group <group>', "the KafkaSource's; splitwatch-score unless given or found");
  withStateTtlFlag(withRuleFlags(command))
    .option('--all', 'show every gap and difference, however many')
    .option('--json', 'one JSON object with all of it')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(flags: AuditFlags, command: Command): Promise<void> {
  needPlaces(command, flags, { '--redis URL': flags.redis });
  const line = await findLine(flags);
  const report = await auditReached(flags, line);
  const text = flags.json
    ? `${printableJson(auditToJson(report))}\n`
    : auditText(report, flags.all ?? false);
  process.stdout.write(text);
  if (!isClean(report)) process.exitCode = 1;
}

/** Redis and score as they are named, or through ports that are forwarded for so long. */
async function auditReached(flags: AuditFlags, line: Line): Promise<AuditReport> {
  const { namespace, redis } = flags;
  if (line.deployed === undefined || namespace === undefined) {
    return auditAt(flags, line, { redis: redis as string });
  }
  const { reachState } = await import('../local/cluster/reach-state.ts');
  const reached = await reachState(line.deployed.cluster, namespace);
  const score = flags.score ?? reached.scoreUrl;
  const { token, redisUrl } = reached;
  try {
    return await auditAt({ ...flags, score }, line, { redis: redis ?? redisUrl, token });
  } finally {
    await reached.close();
  }
}

/** Gives what talks to Kafka and Redis to the audit, and lets go of it in the end. */
async function auditAt(
  flags: AuditFlags,
  { brokers, deployed }: Line,
  places: { readonly redis: string; readonly token?: string | undefined },
): Promise<AuditReport> {
  const { redis: url, token } = places;
  if (url.startsWith('memory:')) {
    throw new Error("--redis memory: is inside score's process: only score itself can look at it");
  }
  const { rule, stateTtlMs, words } = await chooseRule(flags, token);
  const topic = flags.topic ?? deployed?.topic ?? 'transactions';
  const log = createLog('audit', 'silent');
  const kafka = { brokers, log, security: securityOfEnvironment() };
  const history = createKafkaHistory(kafka);
  const groups = createKafkaGroups(kafka);
  const redisOptions = { url, log, timeoutMs: 5000, startTimeoutMs: 5000 };
  const redis = await makeConnection(redisOptions);
  try {
    await redis.start();
    const store = await openRedisTotalsStore({ ...redisOptions, rule, stateTtlMs });
    try {
      return await audit({
        ...{ history, groups, redis, store, topic, rule, stateTtlMs, ruleWords: words },
        group: flags.group ?? deployed?.group ?? 'splitwatch-score',
        deadLetterTopic: flags.dlq ?? deployed?.deadLetterTopic ?? `${topic}-dlq`,
        source: deployed?.source,
        now: Date.now,
        progress: progressLine(process.stderr),
      });
    } finally {
      await store.close();
    }
  } catch (error) {
    throw ofRedisFlag(error, url);
  } finally {
    await Promise.all([history.close(), groups.close(), redis.close()]);
  }
}
