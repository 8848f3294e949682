import type { Command } from 'commander';

/** One command of `./splitwatch`: its line in the help, and how to load the rest of it. */
export interface CommandEntry {
  readonly name: string;
  /** Heading of the help under which it stands. */
  readonly group: string;
  /** One line; the command's own file says the same to commander, and a test keeps them equal. */
  readonly summary: string;
  /** Loads only this command's file, so that `--help` and small commands start at once. */
  readonly load: () => Promise<{ readonly register: (program: Command) => void }>;
}

const SEE = 'See it work:';
const RUN = 'Run it on real Kafka and Redis:';
const KNATIVE = 'Run it on Knative:';
const DEVELOP = 'Work on it:';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    group: SEE,
    summary: 'run everything in one process on embedded parts',
    load: () => import('./demo.ts'),
  },
  {
    name: 'watch',
    group: SEE,
    summary: 'show fraud in the terminal as it is found',
    load: () => import('./watch.ts'),
  },
  {
    name: 'send',
    group: SEE,
    summary: 'send one transaction, or many from a file',
    load: () => import('./send.ts'),
  },
  {
    name: 'replay',
    group: SEE,
    summary: 'run the rule over history, and say what it would have found',
    load: () => import('./replay.ts'),
  },
  {
    name: 'up',
    group: RUN,
    summary: 'run the three functions between Kafka and Redis',
    load: () => import('./up.ts'),
  },
  {
    name: 'generate',
    group: RUN,
    summary: 'write seeded traffic with planted structuring to a topic',
    load: () => import('./generate.ts'),
  },
  {
    name: 'dlq',
    group: RUN,
    summary: 'list dead letters, and send them again or drop them',
    load: () => import('./dlq.ts'),
  },
  {
    name: 'rebuild',
    group: RUN,
    summary: 'read the topic again after a loss of Redis',
    load: () => import('./rebuild.ts'),
  },
  {
    name: 'audit',
    group: RUN,
    summary: 'find what was lost between topic, Redis and dead letters',
    load: () => import('./audit.ts'),
  },
  {
    name: 'services',
    group: RUN,
    summary: 'run a Redis and a Kafka broker on this machine',
    load: () => import('./services.ts'),
  },
  {
    name: 'image',
    group: KNATIVE,
    summary: "make a function's container image without Docker",
    load: () => import('./image.ts'),
  },
  {
    name: 'deploy',
    group: KNATIVE,
    summary: 'put it on a cluster with Knative',
    load: () => import('./deploy.ts'),
  },
  {
    name: 'status',
    group: KNATIVE,
    summary: 'show what runs on the cluster, with pods, lag and alerts',
    load: () => import('./status.ts'),
  },
  {
    name: 'doctor',
    group: KNATIVE,
    summary: 'name what would lose transactions, and the cure',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'logs',
    group: KNATIVE,
    summary: 'show what the functions on the cluster write',
    load: () => import('./logs.ts'),
  },
  {
    name: 'open',
    group: KNATIVE,
    summary: 'open the page of the one on the cluster',
    load: () => import('./open.ts'),
  },
  {
    name: 'load',
    group: KNATIVE,
    summary: 'drive the score on the cluster, and show how it scales',
    load: () => import('./load.ts'),
  },
  {
    name: 'clean',
    group: KNATIVE,
    summary: 'take all of it off the cluster, and prove it',
    load: () => import('./clean.ts'),
  },
  {
    name: 'sim',
    group: DEVELOP,
    summary: 'simulate hours of failures in seconds, and check every promise',
    load: () => import('./sim.ts'),
  },
  {
    name: 'chaos',
    group: DEVELOP,
    summary: 'break real parts under load, and count what is lost',
    load: () => import('./chaos.ts'),
  },
  {
    name: 'bench',
    group: DEVELOP,
    summary: 'measure what a transaction costs, and hold it against others',
    load: () => import('./bench.ts'),
  },
  {
    name: 'check',
    group: DEVELOP,
    summary: 'check format, lint, types and quick tests in half a minute',
    load: () => import('./check.ts'),
  },
  {
    name: 'test',
    group: DEVELOP,
    summary: 'run every test, with a real Redis, Kafka and browser',
    load: () => import('./test.ts'),
  },
];
