import type { Command } from 'commander';
import { usualPort } from '../local/usual-port.ts';
import { type ClusterFlags, clusterOf, withClusterFlags } from './cluster-flags.ts';
import { parseWhole } from './duration.ts';
import { aborted, stopSignal } from './stop-signal.ts';

interface OpenFlags extends ClusterFlags {
  readonly port?: number;
}

const HELP = `
The address holds the page's token; the page moves it into a cookie at once.

Examples:
  ./splitwatch open
  ./splitwatch open --port 9000`;

export function register(program: Command): void {
  withClusterFlags(program.command('open').description('open the page of the one on the cluster'))
    .option('--port <port>', 'here; 8080 or a free one unless set', parseWhole(1, 65_535))
    .addHelpText('after', HELP)
    .action(runOpen);
}

async function runOpen(flags: OpenFlags): Promise<void> {
  const signal = stopSignal();
  const cluster = await clusterOf(flags);
  const { forwardPage, pageToken } = await import('../local/cluster/notify-client.ts');
  const { namespace } = flags;
  const port = flags.port ?? (await usualPort(8080));
  const forward = await forwardPage(cluster, namespace, port);
  if (forward === undefined) {
    throw new Error(`no pod of notify takes requests in ${namespace}: see ./splitwatch status`);
  }
  const token = await pageToken(cluster, namespace);
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  process.stdout.write(`http://127.0.0.1:${forward.port}/${query}\n`);
  process.stderr.write('Ctrl-C ends it.\n');
  await aborted(signal);
  await forward.close();
  process.exit(0);
}
