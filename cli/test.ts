import { Argument, type Command } from 'commander';
import { type LaneParts, provideLaneParts } from './lanes/lane-parts.ts';
import { formatResults, isGood, type LaneResult, notStarted } from './lanes/lane-result.ts';
import { LANES, type Lane, lanesToRun } from './lanes/lanes.ts';
import { runLane } from './lanes/run-lane.ts';

const HELP = `
Lanes:
${LANES.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

Redis and Kafka are started for the run: see ./splitwatch services --help. Chromium is the one that
CHROMIUM_PATH names or that is installed. A lane whose parts cannot be had fails with one line that
says what to install; nothing is skipped. The last line is always "N passed, N failed".

Examples:
  ./splitwatch test                  every lane but chart (Helm) and knative (a cluster)
  ./splitwatch test unit redis       two of them`;

export function register(program: Command): void {
  program
    .command('test')
    .description('run every test, with a real Redis, Kafka and browser')
    .addArgument(
      new Argument('[lanes...]', 'which lanes; unless named all but chart and knative').choices(
        LANES.map(({ name }) => name),
      ),
    )
    .addHelpText('after', HELP)
    .action(async (names: readonly string[]) => {
      const results = await runLanes(lanesToRun(names, process.env));
      process.stdout.write(`\n${formatResults(results)}`);
      if (!results.every(isGood)) process.exitCode = 1;
    });
}

async function runLanes(lanes: readonly Lane[]): Promise<LaneResult[]> {
  const parts = await provideLaneParts(new Set(lanes.flatMap(({ needs }) => needs)), say);
  try {
    const results: LaneResult[] = [];
    for (const lane of lanes) results.push(await runOrRefuse(lane, parts));
    return results;
  } finally {
    await parts.stop();
  }
}

function runOrRefuse(lane: Lane, { missing, environment }: LaneParts): Promise<LaneResult> {
  say(`\n── ${lane.name}: ${lane.summary}`);
  const reasons = lane.needs.flatMap((part) => missing.get(part) ?? []);
  if (reasons.length === 0) return runLane(lane, environment);
  return Promise.resolve(notStarted(lane.name, `cannot start: ${reasons.join('; ')}`));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
