import type { Command } from 'commander';
import type { Deployed, RunDeployStep } from '../local/cluster/deploy.ts';
import { DEPLOY_PLAN } from '../local/cluster/deploy-steps.ts';
import type { DeploySettings } from '../local/cluster/render-chart.ts';
import { createPlanDrawer } from '../local/plan-drawer.ts';
import { createPlan, type Plan, renderPlan } from '../local/plan-tree.ts';
import { type ClusterFlags, clusterOf, tellFailure, withClusterFlags } from './cluster-flags.ts';
import { parseDuration } from './duration.ts';
import { brokersOf } from './kafka-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface DeployFlags extends ClusterFlags {
  readonly kafka?: string;
  readonly redis?: string;
  readonly values: readonly string[];
  readonly set: readonly string[];
  readonly imagePrefix?: string;
  readonly tag?: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

const HELP = `
Needs Knative Serving and Eventing with the Kafka source and sink in the cluster, and a Kafka that
pods can reach. Renders knative/chart with helm where that is installed, else applies the plain YAML
beside it, for which --values and --set cannot be used.

Examples:
  ./splitwatch deploy --kafka my-cluster-kafka-bootstrap.kafka.svc:9092
  ./splitwatch deploy --redis rediss://user:password@redis.example:6380 --dry-run
  ./splitwatch deploy --redis redis+cluster://redis-0.redis:6379,redis-1.redis:6379
  ./splitwatch deploy --values production.yaml --set score.scale.max=20 --timeout 10m

Doing it again changes nothing but what has changed. ./splitwatch clean takes all of it back.`;

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

export function register(program: Command): void {
  withClusterFlags(program.command('deploy').description('put it on a cluster with Knative'))
    .option('--kafka <host:port>', 'brokers as pods reach them, separated by commas')
    .option(
      '--redis <url>',
      'a Redis or Redis Cluster of yours; unless set, a small one is brought along',
    )
    .option(
      '--values <file>',
      "values of the chart; repeat it, later files win (helm's own)",
      collect,
      [],
    )
    .option('--set <name=value>', 'one value of the chart; repeat it', collect, [])
    .option('--image-prefix <text>', 'in front of score, notify and generate in image names')
    .option('--tag <tag>', 'of the images; the version unless set')
    .option('--dry-run', 'ask the cluster what would change, and change nothing')
    .option('--wait', 'until all is ready and the probe came through; as it does anyway', true)
    .option('--no-wait', 'apply and leave')
    .option('--timeout <time>', 'how long all of it may take', parseDuration, 300_000)
    .option('--json', 'one JSON object with what was done')
    .addHelpText('after', HELP)
    .action(runDeploy);
}

async function runDeploy(flags: DeployFlags): Promise<void> {
  const { namespace } = flags;
  const signal = stopSignal();
  const cluster = await clusterOf(flags);
  const { renderDeployment } = await import('../local/cluster/render-deployment.ts');
  const { deploy } = await import('../local/cluster/deploy.ts');
  const { rendered, how } = await renderDeployment(cluster, settingsOf(flags));
  if (flags.dryRun) {
    const { dryRun } = await import('../local/cluster/dry-run.ts');
    print(flags, { namespace, objects: await dryRun(cluster, namespace, rendered.objects) });
    return;
  }
  if (!flags.json) process.stdout.write(`${how}, onto ${cluster.about}\n`);
  const plan = createPlan('splitwatch', `namespace ${namespace}`, DEPLOY_PLAN);
  try {
    const deployed = await deploy({
      ...{ cluster, namespace, rendered, signal, isWaiting: flags.wait },
      timeoutMs: flags.timeout,
      runStep: stepRunner(flags, plan),
    });
    print(flags, { namespace, plan, ...deployed });
  } catch (error) {
    await failed(flags, plan, error);
  }
}

function settingsOf(flags: DeployFlags): DeploySettings {
  return {
    namespace: flags.namespace,
    kafkaBrokers: flags.kafka === undefined ? undefined : brokersOf(flags.kafka),
    redisUrl: flags.redis,
    imagePrefix: flags.imagePrefix,
    imageTag: flags.tag,
    valuesFiles: flags.values,
    values: flags.set,
  };
}

function stepRunner(flags: DeployFlags, plan: Plan): RunDeployStep {
  const screen = flags.json ? { write: () => {} } : process.stdout;
  return createPlanDrawer(plan, screen).run;
}

async function failed(flags: DeployFlags, plan: Plan, error: unknown): Promise<void> {
  const { StepFailure, StoppedError } = await import('../local/cluster/step-failure.ts');
  const isTreeDrawn = flags.json || process.stdout.isTTY;
  if (error instanceof StoppedError) {
    process.stderr.write(`splitwatch: ${error.message}\n`);
    process.exit(130);
  }
  if (!(error instanceof StepFailure)) throw error;
  const { message, why, cures } = error;
  if (flags.json)
    print(flags, { namespace: flags.namespace, plan, failure: { message, why, cures } });
  else if (!isTreeDrawn) process.stdout.write(`${renderPlan(plan).join('\n')}\n`);
  tellFailure(error);
  process.exit(1);
}

type Result = Readonly<Record<string, unknown>> & Partial<Deployed>;

function print(flags: DeployFlags, result: Result): void {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  if (flags.dryRun) {
    const objects = result.objects as readonly { change: string; kind: string; name: string }[];
    for (const { change, kind, name } of objects) {
      process.stdout.write(`${change.padEnd(10)} ${kind} ${name}\n`);
    }
    return;
  }
  for (const { kind, name } of result.removed ?? []) {
    process.stdout.write(`removed ${kind} ${name}, which is not part of it any more\n`);
  }
  const where = flags.namespace === 'splitwatch' ? '' : ` --namespace ${flags.namespace}`;
  process.stdout.write(
    `\nThe page: ./splitwatch open${where}    All of it: ./splitwatch status${where}\n`,
  );
}
