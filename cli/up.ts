import { type Command, Option } from 'commander';
import { createLog } from '#shared/log.ts';
import { createPlanDrawer } from '../local/plan-drawer.ts';
import { createPlan } from '../local/plan-tree.ts';
import type { Services } from '../local/services/start-services.ts';
import { type RunningUp, startUp, type UpStats } from '../local/up.ts';
import { type RunStep, UP_PLAN } from '../local/up-options.ts';
import { portNote, usualPort } from '../local/usual-port.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { brokersOf, securityOfEnvironment } from './kafka-flags.ts';
import { needFlags } from './needed-flags.ts';
import { aborted, stopSignal } from './stop-signal.ts';

interface UpFlags {
  readonly kafka?: string;
  readonly redis?: string;
  readonly startServices?: boolean;
  readonly score: number;
  readonly rate: number;
  readonly speed: number;
  readonly ordering: 'ordered' | 'unordered';
  readonly source: 'single' | 'batch';
  readonly for?: number;
  readonly port?: number;
  readonly scorePort?: number;
  readonly generatePort?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  ./splitwatch up --start-services                      starts a Kafka broker and a Redis too
  ./splitwatch up --kafka localhost:9092 --redis redis://localhost:6379
  ./splitwatch up --start-services --rate 0             no traffic of its own: send some
  ./splitwatch up --start-services --source batch --rate 5000
  ./splitwatch up --start-services --score 4 --rate 500 --for 1m --json

Ctrl-C ends it in order: what was taken from Kafka is finished first, the rest waits there.`;

const PORT = parseWhole(0, 65_535);

export function register(program: Command): void {
  program
    .command('up')
    .description('run the three functions between Kafka and Redis')
    .option('--kafka <host:port>', 'brokers, separated by commas')
    .option('--redis <url>', 'redis://HOST:PORT, or redis+cluster://HOST:PORT of a Redis Cluster')
    .option('--start-services', 'start those of the two that are not named')
    .option('--score <processes>', 'processes of score that share the work', parseWhole(1, 64), 1)
    .option('--rate <per second>', 'own traffic; 0: none', parseWhole(0, 100_000), 20)
    .option('--speed <times>', 'event time of it runs faster', parseWhole(1, 3600), 1)
    .addOption(
      new Option('--ordering <order>', 'one request at a time for each partition, or many')
        .choices(['ordered', 'unordered'])
        .default('unordered'),
    )
    .addOption(
      new Option('--source <kind>', 'transactions a POST to score: one, or batches')
        .choices(['single', 'batch'])
        .default('single'),
    )
    .option('--for <time>', 'stop by itself, as in 30s or 5m', parseDuration)
    .option('--port <port>', 'of the page; 8080 or a free one unless set', PORT)
    .option('--score-port <port>', 'of the first score; 8081 or a free one unless set', PORT)
    .option('--generate-port <port>', 'of generate; 8082 or a free one unless set', PORT)
    .option('--json', 'one JSON object a line: alerts, and at the end a summary')
    .option('--quiet', 'print nothing but the summary line')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: UpFlags, command: Command) => {
      const { kafka, redis } = flags;
      const needed = { '--kafka HOST:PORT': kafka, '--redis URL': redis };
      if (!flags.startServices) needFlags(command, needed, ', or --start-services');
      await runUp(flags);
    });
}

async function runUp(flags: UpFlags): Promise<void> {
  const signal = stopSignal(flags.for);
  const services = await startMissing(flags);
  const output = heldOutput();
  let up: RunningUp | undefined;
  try {
    up = await start(flags, services, output.write);
    if (!flags.json && !flags.quiet) process.stdout.write(`\n${addresses(flags, up)}\n`);
    output.release();
    await aborted(signal);
    await up.stop();
    process.stdout.write(summary(flags, await up.stats()));
  } finally {
    await up?.stop();
    await services?.stop();
  }
  process.exit(0);
}

async function startMissing(flags: UpFlags): Promise<Services | undefined> {
  if (!flags.startServices) return undefined;
  // Only now: whoever brings the services needs none of this.
  const { startServices } = await import('../local/services/start-services.ts');
  const log = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  return startServices({ redis: !flags.redis, kafka: !flags.kafka, log });
}

async function start(
  flags: UpFlags,
  services: Services | undefined,
  onOutput: (line: string) => void,
): Promise<RunningUp> {
  const say = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  const kafkaBrokers = brokersOf(flags.kafka ?? (services?.kafkaBrokers as string));
  return startUp({
    kafkaBrokers,
    kafkaSecurity: securityOfEnvironment(),
    environment: process.env,
    redisUrl: flags.redis ?? services?.redisUrl ?? '',
    scoreProcesses: flags.score,
    ordering: flags.ordering,
    source: flags.source,
    ratePerSecond: flags.rate,
    speed: flags.speed,
    pagePort: flags.port ?? (await usualPort(8080)),
    scorePort: flags.scorePort ?? (await usualPort(8081)),
    generatePort: flags.generatePort ?? (await usualPort(8082)),
    channel: flags.json ? 'json' : flags.quiet ? 'none' : 'log',
    onOutput,
    onLogLine: say,
    report: (sentence) => say(`splitwatch: ${sentence}`),
    runStep: stepRunner(flags, kafkaBrokers),
    log: createLog('up', flags.quiet ? 'error' : 'warn'),
  });
}

function stepRunner(flags: UpFlags, kafkaBrokers: readonly string[]): RunStep {
  if (flags.json || flags.quiet) return (_phase, _step, work) => work();
  const plan = createPlan('splitwatch', `Kafka ${kafkaBrokers.join(',')}`, UP_PLAN);
  return createPlanDrawer(plan, process.stdout).run;
}

function addresses({ port, scorePort, generatePort }: UpFlags, up: RunningUp): string {
  const noteOf = (given: number | undefined, url: string, usual: number): string =>
    given === undefined ? portNote(url, usual) : '';
  const { pageUrl, scoreUrls, generateUrl } = up;
  return [
    `Page:       ${pageUrl}/${noteOf(port, pageUrl, 8080)}`,
    `Score:      ${scoreUrls.join('  ')}${noteOf(scorePort, scoreUrls[0] as string, 8081)}`,
    `Generate:   ${generateUrl}${noteOf(generatePort, generateUrl, 8082)}`,
    '',
  ].join('\n');
}

function summary({ json }: UpFlags, stats: UpStats): string {
  const messages = stats.notify.delivered;
  if (!json) return `\nProcessed ${messages} messages\n`;
  const withoutBigInts = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? Number(value) : value;
  return `${JSON.stringify({ summary: { processed: messages, ...stats } }, withoutBigInts)}\n`;
}

/** Keeps lines back until the plan is drawn; a line between would be drawn over. */
function heldOutput(): { write: (line: string) => void; release: () => void } {
  const held: string[] = [];
  let isHeld = true;
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  return {
    write: (line) => {
      if (isHeld) held.push(line);
      else print(line);
    },
    release: () => {
      isHeld = false;
      for (const line of held.splice(0)) print(line);
    },
  };
}
