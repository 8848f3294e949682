import type { Command } from 'commander';
import type { Cluster } from '../local/cluster/cluster.ts';

export const NAMESPACE = 'splitwatch';

/** What every command that talks to a cluster is told. */
export interface ClusterFlags {
  readonly context?: string;
  readonly namespace: string;
}

/** Adds `--context` and `--namespace`. */
export function withClusterFlags(command: Command): Command {
  return command
    .option('--context <name>', 'of the kubeconfig (KUBECONFIG); its current one unless set')
    .option('-n, --namespace <name>', 'where it runs', NAMESPACE);
}

/** Loads the client only now, so that `--help` answers at once. */
export async function clusterOf(flags: Pick<ClusterFlags, 'context'>): Promise<Cluster> {
  const { openCluster } = await import('../local/cluster/kube-cluster.ts');
  return openCluster({ context: flags.context });
}

/** Prints a failed step: what, why and what to do, one line each, on standard error. */
export function tellFailure(failure: {
  readonly message: string;
  readonly why: readonly string[];
  readonly cures: readonly string[];
}): void {
  const lines = [
    `splitwatch: ${failure.message}`,
    ...failure.why.map((line) => `  why:  ${line}`),
    ...failure.cures.map((line) => `  do:   ${line}`),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
