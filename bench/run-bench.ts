import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Baseline, type Compared, compare, withRatios } from './baseline.ts';
import type { Benchmark, BenchOptions, BenchResult } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { thisMachine } from './machine.ts';
import { machineText, resultText } from './report-text.ts';

const BASELINE = join(import.meta.dirname, 'baseline.json');
const CHARTS = join(import.meta.dirname, 'charts');

export interface RunBenchOptions extends BenchOptions {
  /** Which benchmarks; none: all, or with `isShort` those that take part in it. */
  readonly names: readonly string[];
  /** Hold the ratios against the baseline. */
  readonly isCheck: boolean;
  /** Write the ratios down as the new baseline. */
  readonly writesBaseline: boolean;
  readonly isJson: boolean;
  readonly say: (text: string) => void;
}

/** Runs benchmarks one after the other. Resolves with the exit code. */
export async function runBench(options: RunBenchOptions): Promise<number> {
  const { isCheck, isJson, isShort, say } = options;
  const machine = thisMachine();
  let baseline = JSON.parse(await readFile(BASELINE, 'utf8')) as Baseline;
  if (!isJson) say(`${machineText(machine)}\n`);
  const all: Compared[] = [];
  for (const { name, load } of chosen(options)) {
    const result = await (await load()).run(options);
    const compared = compare(baselineName(name, isShort), result.ratios, baseline);
    all.push(...compared.filter(({ verdict }) => verdict !== 'untold'));
    if (isJson) say(JSON.stringify({ benchmark: name, machine, ...withoutSvg(result) }));
    else say(resultText(name, result, compared));
    await drawCharts(result);
    baseline = withRatios(baseline, baselineName(name, isShort), result.ratios);
  }
  if (options.writesBaseline) await writeFile(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
  if (!isCheck) return 0;
  const failed = all.filter(({ verdict }) => verdict === 'fallen').length;
  say(`${all.length - failed} passed, ${failed} failed`);
  return failed === 0 && all.length > 0 ? 0 : 1;
}

/** @throws Error for a name that no benchmark has. */
function chosen({ names, isShort }: RunBenchOptions): readonly Benchmark[] {
  if (names.length === 0) return BENCHMARKS.filter(({ isInShort }) => isInShort || !isShort);
  return names.map((name) => {
    const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
    if (found !== undefined) return found;
    const known = BENCHMARKS.map((benchmark) => benchmark.name).join(', ');
    throw new Error(`there is no benchmark ${name}; there are ${known}`);
  });
}

/** Fewer rounds of less may come out otherwise, so the short form has a baseline of its own. */
function baselineName(name: string, isShort: boolean): string {
  return isShort ? `${name}, short` : name;
}

async function drawCharts({ charts }: BenchResult): Promise<void> {
  await mkdir(CHARTS, { recursive: true });
  for (const { file, svg } of charts) await writeFile(join(CHARTS, file), svg);
}

function withoutSvg({ charts, ...figures }: BenchResult) {
  return { ...figures, charts: charts.map(({ file }) => file) };
}
