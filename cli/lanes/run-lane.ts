import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep, staticSteps } from '../check.ts';
import { runTool } from '../run-tool.ts';
import type { LaneResult } from './lane-result.ts';
import type { Lane } from './lanes.ts';
import { countTests, type VitestReport } from './vitest-report.ts';

/** Runs one lane with its output live on the terminal. Never rejects. */
export function runLane(
  lane: Lane,
  environment: Readonly<Record<string, string>>,
): Promise<LaneResult> {
  return lane.project === undefined
    ? runStaticSteps(lane.name)
    : runVitest(lane.name, lane.project, environment);
}

async function runStaticSteps(name: string): Promise<LaneResult> {
  let [passed, failed, seconds] = [0, 0, 0];
  const reasons: string[] = [];
  for (const step of staticSteps(false)) {
    const run = await runStep(step);
    seconds += run.seconds;
    if (run.isGood) passed += 1;
    else {
      failed += 1;
      reasons.push(`failed: ${step.name}, see above`);
      process.stdout.write(run.output);
    }
  }
  return { name, passed, failed, skipped: 0, seconds, reasons };
}

async function runVitest(
  name: string,
  project: string,
  environment: Readonly<Record<string, string>>,
): Promise<LaneResult> {
  const folder = await mkdtemp(join(tmpdir(), 'splitwatch-report-'));
  const reportPath = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  try {
    const args = ['run', '--project', project, ...reporters];
    const colour = process.stdout.isTTY ? {} : { NO_COLOR: '1' };
    const run = await runTool('vitest', args, {
      isLive: true,
      environment: { ...colour, ...environment },
    });
    return countTests(name, await readReport(reportPath), run);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An empty report, and so a failure, where vitest wrote none. */
async function readReport(path: string): Promise<VitestReport> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as VitestReport;
  } catch {
    return { testResults: [] };
  }
}
