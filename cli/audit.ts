import { type Command, Option } from 'commander';
import type { Rule } from '#shared/domain/rule.ts';
import { AppError } from '#shared/errors.ts';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { makeConnection } from '#shared/redis/client.ts';
import { showUrl } from '#shared/redis/redis-url.ts';
import { openRedisTotalsStore } from '../functions/score/store/redis-store.ts';
import { type AuditOptions, audit } from '../local/audit/audit.ts';
import { auditToJson } from '../local/audit/audit-json.ts';
import { type AuditReport, isClean } from '../local/audit/audit-report.ts';
import { auditText } from '../local/audit/audit-text.ts';
import { printableJson } from '../local/printable.ts';
import { progressLine } from '../local/progress-line.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { needFlags } from './needed-flags.ts';
import { type RuleFlags, withRuleFlags } from './rule-flags.ts';

const HELP = `
It only reads, and may run while traffic flows. Give the rule and --state-ttl as score has them.

Exit code: 0 nothing is missing and every total is as the log says; 1 anything else. What each kind
of gap means, and what to do: docs/audit.md.

Examples:
  ./splitwatch audit --kafka localhost:9092 --redis redis://localhost:6379
  ./splitwatch audit --kafka localhost:9092 --redis redis://localhost:6379 --json | jq .counts
  ./splitwatch audit --group other-score --window 30m --threshold 5000.00`;

interface AuditFlags extends RuleFlags {
  readonly kafka: string;
  readonly redis: string;
  readonly topic: string;
  readonly dlq?: string;
  readonly group: string;
  readonly stateTtl: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('audit')
    .description('find what was lost between topic, Redis and dead letters')
    .addOption(
      new Option('--kafka <host:port>', 'brokers, separated by commas').env('KAFKA_BROKERS'),
    )
    .addOption(new Option('--redis <url>', "score's Redis").env('REDIS_URL'))
    .option('--topic <topic>', 'the topic with the transactions', 'transactions')
    .option('--dlq <topic>', 'the topic with its dead letters; its name and -dlq unless given')
    .option('--group <group>', "the KafkaSource's consumer group", 'splitwatch-score');
  withRuleFlags(command)
    .addOption(
      new Option('--state-ttl <time>', 'how long score keeps idle pairs (STATE_TTL_MS)')
        .argParser(parseDuration)
        .default(86_400_000, '24h'),
    )
    .option('--all', 'show every gap and difference, however many')
    .option('--json', 'one JSON object with all of it')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(flags: AuditFlags, command: Command): Promise<void> {
  needFlags(command, { '--kafka HOST:PORT': flags.kafka, '--redis URL': flags.redis });
  const report = await withParts(flags, audit);
  const text = flags.json
    ? `${printableJson(auditToJson(report))}\n`
    : auditText(report, flags.all ?? false);
  process.stdout.write(text);
  if (!isClean(report)) process.exitCode = 1;
}

/** Gives what talks to Kafka and Redis to the work, and lets go of it in the end. */
async function withParts(
  flags: AuditFlags,
  work: (options: AuditOptions) => Promise<AuditReport>,
): Promise<AuditReport> {
  const { redis: url, topic, group, stateTtl: stateTtlMs } = flags;
  if (url.startsWith('memory:')) {
    throw new Error("--redis memory: is inside score's process: only score itself can look at it");
  }
  const log = createLog('audit', 'silent');
  const rule = ruleOf(flags);
  const kafka = { brokers: brokersOf(flags.kafka), log, security: securityOfEnvironment() };
  const history = createKafkaHistory(kafka);
  const groups = createKafkaGroups(kafka);
  const redisOptions = { url, log, timeoutMs: 5000, startTimeoutMs: 5000 };
  const redis = await makeConnection(redisOptions);
  try {
    await redis.start();
    const store = await openRedisTotalsStore({ ...redisOptions, rule, stateTtlMs });
    try {
      return await work({
        ...{ history, groups, redis, store, topic, group, rule, stateTtlMs },
        ...{ deadLetterTopic: flags.dlq ?? `${topic}-dlq`, now: Date.now },
        progress: progressLine(process.stderr),
      });
    } finally {
      await store.close();
    }
  } catch (error) {
    throw explained(error, flags);
  } finally {
    await Promise.all([history.close(), groups.close(), redis.close()]);
  }
}

/** Which flag to look at. */
function explained(error: unknown, { kafka, redis }: AuditFlags): unknown {
  if (!(error instanceof AppError)) return error;
  if (error.code === 'topic') {
    const cure = 'is --kafka a running broker, as HOST:PORT?';
    return new Error(`${error.message}; ${cure} (--kafka ${kafka})`, { cause: error });
  }
  return new Error(`--redis ${showUrl(redis)}: ${error.message}`, { cause: error });
}

function ruleOf({ window, lateness, threshold }: AuditFlags): Rule {
  return {
    ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'doubling' },
    ...{ windowMs: window, allowedLatenessMs: lateness, thresholdMinor: threshold },
  };
}
