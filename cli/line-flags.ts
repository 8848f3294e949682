import { type Command, Option } from 'commander';
import type { Cluster } from '../local/cluster/cluster.ts';
import type { DeployedLine } from '../local/cluster/deployed-line.ts';
import { clusterOf } from './cluster-flags.ts';
import { brokersOf } from './kafka-flags.ts';
import { needFlags } from './needed-flags.ts';

/** Where Kafka is, said or to be found out of a deployment. */
export interface LineFlags {
  readonly kafka?: string;
  readonly namespace?: string;
  readonly context?: string;
}

/** Kafka as it is reached from here; with a deployment, what its KafkaSource says. */
export interface Line {
  readonly brokers: readonly string[];
  readonly deployed: (DeployedLine & { readonly cluster: Cluster }) | undefined;
}

/** Adds `--kafka`, `--namespace` and `--context`. */
export function withLineFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--kafka <host:port>', 'brokers, separated by commas').env('KAFKA_BROKERS'),
    )
    .option('-n, --namespace <name>', 'of a deployment: all else is found there')
    .option('--context <name>', 'of the kubeconfig (KUBECONFIG); its current one unless set');
}

/** Ends in a usage error that names every flag that is missing, where nothing is found out. */
export function needPlaces(
  command: Command,
  flags: LineFlags,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (flags.namespace !== undefined) return;
  const needed = { '--kafka HOST:PORT': flags.kafka, ...more };
  needFlags(command, needed, '; or --namespace NAME of a deployment');
}

/** @throws Error in words when a deployment does not say it, or its brokers are out of reach. */
export async function findLine(flags: LineFlags): Promise<Line> {
  const { kafka, namespace } = flags;
  if (namespace === undefined) return { brokers: brokersOf(kafka ?? ''), deployed: undefined };
  const cluster = await clusterOf(flags);
  const { deployedLine } = await import('../local/cluster/deployed-line.ts');
  const deployed = { ...(await deployedLine(cluster, namespace)), cluster };
  if (kafka !== undefined) return { brokers: brokersOf(kafka), deployed };
  const { isReachable } = await import('../local/cluster/reach-kafka.ts');
  if (await isReachable(deployed.brokers)) return { brokers: deployed.brokers, deployed };
  const names = deployed.brokers.join(',');
  throw new Error(`${names} cannot be reached from here: name the same brokers by --kafka`);
}
