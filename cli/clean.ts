import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { createLog } from '#shared/log.ts';
import type { ToClean } from '../local/cluster/clean.ts';
import { createPlanDrawer } from '../local/plan-drawer.ts';
import { createPlan, type Plan, renderPlan } from '../local/plan-tree.ts';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { parseDuration } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';

interface CleanFlags extends ClusterFlags {
  readonly topics?: boolean;
  readonly leaveKafka?: boolean;
  readonly yes?: boolean;
  readonly kafka?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

const HELP = `
Removes what deploy made: objects, volumes, consumer groups and, where deploy made it, the namespace.
Topics and what is in them stay unless --topics is given. Ends by looking for what is left in every
kind that the cluster has; exit code 0 means that there is nothing.

Examples:
  ./splitwatch clean
  ./splitwatch clean --topics --yes`;

export function register(program: Command): void {
  withClusterFlags(
    program.command('clean').description('take all of it off the cluster, and prove it'),
  )
    .option('--topics', 'delete the topics too, with all that is in them')
    .option('--leave-kafka', 'leave groups and topics as they are: those brokers are gone')
    .option('--yes', 'do not ask first')
    .option('--kafka <host:port>', 'brokers as seen from here, separated by commas')
    .option('--timeout <time>', 'how long all of it may take', parseDuration, 180_000)
    .option('--json', 'as one JSON object')
    .addHelpText('after', HELP)
    .action(runClean);
}

async function runClean(flags: CleanFlags, command: Command): Promise<void> {
  const { namespace } = flags;
  const cluster = await clusterOf(flags);
  const { CLEAN_PLAN, clean, lookBeforeClean } = await import('../local/cluster/clean.ts');
  const found = await lookBeforeClean(cluster, namespace);
  if (found.inventory === undefined && found.labelled.length + found.volumes.length === 0) {
    if (flags.json) process.stdout.write(`${JSON.stringify({ namespace, removed: [] })}\n`);
    else
      process.stdout.write(`Nothing of ours is in namespace ${namespace} of ${cluster.about}.\n`);
    return;
  }
  if (!(flags.yes || (await isConfirmed(flags, found, cluster.about, command)))) return;
  const plan = createPlan('splitwatch', `namespace ${namespace}`, CLEAN_PLAN, 'clean');
  const screen = flags.json ? { write: () => {} } : process.stdout;
  try {
    await clean(
      {
        ...{ cluster, namespace, timeoutMs: flags.timeout, withTopics: flags.topics === true },
        leavesKafka: flags.leaveKafka === true,
        kafka: {
          brokers: flags.kafka === undefined ? undefined : brokersOf(flags.kafka),
          security: securityOfEnvironment(),
          log: createLog('clean', 'silent'),
        },
        runStep: createPlanDrawer(plan, screen).run,
      },
      found,
    );
  } catch (error) {
    showFailed(flags, plan);
    throw error;
  }
  if (flags.json) process.stdout.write(`${JSON.stringify({ namespace, plan })}\n`);
  process.exit(0);
}

function showFailed(flags: CleanFlags, plan: Plan): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({ namespace: flags.namespace, plan })}\n`);
  else if (!process.stdout.isTTY) process.stdout.write(`${renderPlan(plan).join('\n')}\n`);
}

async function isConfirmed(
  flags: CleanFlags,
  { inventory, labelled, volumes }: ToClean,
  about: string,
  command: Command,
): Promise<boolean> {
  if (!process.stdin.isTTY) {
    command.error('splitwatch: clean removes things for good: say --yes');
  }
  const parts = [
    `${Math.max(inventory?.objects.length ?? 0, labelled.length)} objects`,
    `${volumes.length} volumes`,
    ...(flags.topics ? [`the topics ${inventory?.kafka.topics.join(', ')}`] : []),
    ...(inventory?.ownsNamespace ? [`the namespace with all that is in it`] : []),
  ];
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const question = `Remove from ${flags.namespace} of ${about}: ${parts.join(', ')}? [y/N] `;
  const answer = await asking.question(question);
  asking.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
