import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ConfigError } from '#shared/config.ts';
import { createLog, type Log } from '#shared/log.ts';
import type { AskedKafka } from '../local/doctor/ask-kafka.ts';
import type { Diagnosis } from '../local/doctor/diagnose.ts';
import type { RedisFacts } from '../local/doctor/redis-facts.ts';
import type { Placed } from '../local/doctor/setup.ts';
import { TRAP_NAMES, TRAPS } from '../local/doctor/traps.ts';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';

interface DoctorFlags extends ClusterFlags {
  readonly file: readonly string[];
  readonly kafka?: string;
  readonly redis?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const HELP = `
Looks at manifests (-f), or at a namespace of the cluster, and names each trap that loses
transactions or alerts: what is set how, what gets lost, and the cure as YAML or a command. --kafka
and --redis are asked too, or alone where neither -f, --namespace nor --context is given. What could
not be looked at is listed.

Traps:
${TRAP_NAMES.map((name) => `  ${name.padEnd(34)} ${TRAPS[name].severity}`).join('\n')}

Nothing is changed. Exit codes: 0 no errors (with --strict: nothing at all), 1 errors, 2 it could
not look, 64 wrong usage.

Examples:
  ./splitwatch doctor -f knative/
  helm template splitwatch knative/chart --values mine.yaml | ./splitwatch doctor -f - --strict
  ./splitwatch doctor --namespace splitwatch --kafka kafka.example:9092 --redis redis://redis.example
  ./splitwatch doctor --redis rediss://USER:PASSWORD@redis.example:6380
  ./splitwatch doctor --json | jq -r '.findings[].trap'`;

const FOUND_EXIT_CODE = 1;
const COULD_NOT_LOOK_EXIT_CODE = 2;

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

export function register(program: Command): void {
  withClusterFlags(
    program.command('doctor').description('name what would lose transactions, and the cure'),
  )
    .option(
      '-f, --file <path>',
      'manifests: a file, a folder, or - for standard input; repeat it',
      collect,
      [],
    )
    .option('--kafka <host:port>', 'brokers as seen from here, separated by commas')
    .option('--redis <url>', 'Redis as seen from here')
    .option('--strict', 'warnings count as errors for the exit code')
    .option('--json', 'as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: DoctorFlags, command: Command) => {
      process.exitCode = await runDoctor(flags, command);
    });
}

async function runDoctor(flags: DoctorFlags, command: Command): Promise<number> {
  const isNamed = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  const isCluster = isNamed('namespace') || isNamed('context');
  if (flags.file.length > 0 && isCluster) {
    command.error('splitwatch: -f looks at files, --namespace and --context at a cluster');
  }
  const isAlone = flags.kafka !== undefined || flags.redis !== undefined;
  try {
    const diagnosis = await look(flags, flags.file.length === 0 && (isCluster || !isAlone));
    return await print(flags, diagnosis);
  } catch (error) {
    if (process.env.DEBUG) throw error;
    process.stderr.write(`splitwatch: ${reasonOf(error)}\n`);
    return COULD_NOT_LOOK_EXIT_CODE;
  }
}

/** An address is called by its flag, not by the setting of our functions. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ConfigError))
    return error instanceof Error ? error.message : String(error);
  return error.problems.join('; ').replaceAll('REDIS_URL', '--redis');
}

async function look(flags: DoctorFlags, withCluster: boolean): Promise<Diagnosis> {
  const { diagnose } = await import('../local/doctor/diagnose.ts');
  const { objects, unchecked } = withCluster
    ? await lookAtCluster(flags)
    : await lookAtFiles(flags);
  const kafka = await lookAtKafka(flags, objects);
  const redis = await lookAtRedis(flags);
  return diagnose({ objects, topics: kafka.topics, redis }, [...unchecked, ...kafka.unchecked]);
}

interface Found {
  readonly objects: readonly Placed[];
  readonly unchecked: readonly string[];
}

async function lookAtFiles({ file }: DoctorFlags): Promise<Found> {
  if (file.length === 0) {
    return { objects: [], unchecked: ['manifests and a cluster: -f or --namespace names them'] };
  }
  const { readManifests } = await import('../local/doctor/read-manifests.ts');
  return { objects: await readManifests(file, () => text(process.stdin)), unchecked: [] };
}

async function lookAtCluster(flags: DoctorFlags): Promise<Found> {
  const cluster = await clusterOf(flags);
  const { askCluster } = await import('../local/doctor/ask-cluster.ts');
  return askCluster(cluster, flags.namespace);
}

async function lookAtKafka(
  { kafka }: DoctorFlags,
  objects: readonly Placed[],
): Promise<AskedKafka> {
  if (kafka === undefined) return { topics: [], unchecked: [] };
  const { askKafka } = await import('../local/doctor/ask-kafka.ts');
  const security = securityOfEnvironment();
  return askKafka({ brokers: brokersOf(kafka), log: silent(), security }, objects);
}

async function lookAtRedis({ redis }: DoctorFlags): Promise<readonly RedisFacts[]> {
  if (redis === undefined) return [];
  const { askRedis } = await import('../local/doctor/ask-redis.ts');
  return askRedis(redis, silent());
}

const silent = (): Log => createLog('doctor', 'silent');

async function print(flags: DoctorFlags, diagnosis: Diagnosis): Promise<number> {
  const { countOf, reportLines } = await import('../local/doctor/report.ts');
  const errors = countOf(diagnosis, 'error');
  const warnings = countOf(diagnosis, 'warning');
  const output = flags.json
    ? [JSON.stringify({ ...diagnosis, errors, warnings })]
    : reportLines(diagnosis);
  process.stdout.write(`${output.join('\n')}\n`);
  return errors + (flags.strict ? warnings : 0) > 0 ? FOUND_EXIT_CODE : 0;
}
