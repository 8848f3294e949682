import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createLog } from '#shared/log.ts';
import type { ClusterStatus } from '../local/cluster/status.ts';
import { renderPlan, statusOf } from '../local/plan-tree.ts';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface StatusFlags extends ClusterFlags {
  readonly kafka?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const HELP = `
Exit codes: 0 complete, 1 failed, 2 on its way, 3 nothing is deployed there.

Examples:
  ./splitwatch status
  ./splitwatch status --watch
  ./splitwatch status --kafka kafka.example:9092    shows the lag, asked from here
  ./splitwatch status --json | jq .functions`;

const NOTHING_EXIT_CODE = 3;
const WATCH_INTERVAL_MS = 2000;

export function register(program: Command): void {
  withClusterFlags(
    program
      .command('status')
      .description('show what runs on the cluster, with pods, lag and alerts'),
  )
    .option('--kafka <host:port>', 'brokers as seen from here, separated by commas')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .option('--json', 'as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: StatusFlags) => process.exit(await runStatus(flags)));
}

async function runStatus(flags: StatusFlags): Promise<number> {
  const cluster = await clusterOf(flags);
  const { exitCodeOf, readStatus } = await import('../local/cluster/status.ts');
  const kafka = {
    brokers: flags.kafka === undefined ? undefined : brokersOf(flags.kafka),
    security: securityOfEnvironment(),
    log: createLog('status', 'silent'),
  };
  const signal = flags.watch ? stopSignal() : undefined;
  for (let drawn = 0; ; ) {
    const status = await readStatus(cluster, flags.namespace, kafka);
    const lines = status === undefined ? nothing(flags, cluster.about) : show(flags, status);
    drawn = draw(lines, drawn);
    const exitCode = status === undefined ? NOTHING_EXIT_CODE : exitCodeOf(status);
    if (signal === undefined) return exitCode;
    await sleep(WATCH_INTERVAL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return exitCode;
  }
}

function nothing({ namespace, json }: StatusFlags, about: string): readonly string[] {
  if (json) return [JSON.stringify({ namespace, status: 'NOTHING' })];
  return [`Nothing is deployed in namespace ${namespace} of ${about}.`];
}

function show({ namespace, json }: StatusFlags, status: ClusterStatus): readonly string[] {
  const { plan, functions, lag, alerts, why, cures } = status;
  const whole = statusOf(plan.phases.flatMap(({ steps }) => steps));
  if (json) {
    const { phases } = plan;
    const known = { namespace, status: whole, functions, lag, alerts, why, cures, phases };
    return [JSON.stringify(known)];
  }
  return [
    ...renderPlan(plan),
    ...why.map((line) => `  why:  ${line}`),
    ...cures.map((line) => `  do:   ${line}`),
  ];
}

/** On a terminal in the place of what was drawn before. Returns how many lines it took. */
function draw(lines: readonly string[], drawn: number): number {
  const up = process.stdout.isTTY && drawn > 0 ? `\x1b[${drawn}A\x1b[J` : '';
  process.stdout.write(`${up}${lines.join('\n')}\n`);
  return lines.length;
}
