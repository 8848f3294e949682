import { Argument, type Command } from 'commander';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { stopSignal } from './stop-signal.ts';

interface LogsFlags extends ClusterFlags {
  readonly follow?: boolean;
}

const FUNCTIONS = ['score', 'notify', 'generate', 'source'] as const;

const HELP = `
Each line begins with the pod that wrote it, where there are several.

Examples:
  ./splitwatch logs notify              alerts, as they were printed
  ./splitwatch logs -f                  of all of them, as it comes, until Ctrl-C`;

export function register(program: Command): void {
  withClusterFlags(
    program.command('logs').description('show what the functions on the cluster write'),
  )
    .addArgument(
      new Argument('[function]', 'one of them, or the source of batches; all unless named').choices(
        FUNCTIONS,
      ),
    )
    .option('-f, --follow', 'as it comes, of pods that start later too')
    .addHelpText('after', HELP)
    .action(runLogs);
}

async function runLogs(name: string | undefined, flags: LogsFlags): Promise<void> {
  const cluster = await clusterOf(flags);
  const { followPods, printPods } = await import('../local/cluster/pod-logs.ts');
  const { namespace } = flags;
  const names = name === undefined ? FUNCTIONS : [name];
  const write = (text: string): void => void process.stdout.write(text);
  if (flags.follow) {
    await followPods(cluster, { namespace, names, write, signal: stopSignal() });
    process.exit(0);
  }
  const pods = await printPods(cluster, { namespace, names, write });
  if (pods === 0) {
    process.stderr.write(
      `splitwatch: no pod of ${names.join(', ')} is there: scaled to zero, or not deployed\n`,
    );
  }
}
