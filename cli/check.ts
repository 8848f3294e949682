import type { Command } from 'commander';
import { writeConfigTables } from './config-table.ts';
import { runTool } from './run-tool.ts';

/** A tool whose exit code says whether the project is in order. */
export interface Step {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

const EXAMPLES = `
Examples:
  ./splitwatch check          read-only; run it before every commit
  ./splitwatch check --fix    lets biome write what it can mend

--write-config-tables writes the settings' tables into README.md; a test keeps them equal to the
code.`;

export function register(program: Command): void {
  program
    .command('check')
    .description('check format, lint, types and quick tests in half a minute')
    .option('--fix', 'write the format and the safe fixes of lint rules')
    .option('--write-config-tables', "only write the settings' tables into README.md")
    .addHelpText('after', EXAMPLES)
    .action(async (options: { fix?: boolean; writeConfigTables?: boolean }) => {
      if (options.writeConfigTables) return writeConfigTables();
      if (!(await check(options.fix ?? false))) process.exitCode = 1;
    });
}

/** The steps that need no tests; `./splitwatch test` runs them too. */
export function staticSteps(isFix: boolean): readonly Step[] {
  const biomeArgs = ['check', ...(isFix ? ['--write'] : []), '--error-on-warnings', '.'];
  return [
    { name: 'format and lint', tool: 'biome', args: biomeArgs },
    { name: 'types', tool: 'tsc', args: ['-p', '.'] },
  ];
}

const TESTS: Step = {
  name: 'unit and tidy tests',
  tool: 'vitest',
  args: ['run', '--project', 'unit', '--project', 'tidy', '--reporter', 'dot'],
};

/**
 * Runs every step side by side, prints a line for each in a fixed order, and after a failed one
 * what it wrote. True when all passed.
 */
async function check(isFix: boolean): Promise<boolean> {
  const [biome, ...rest] = staticSteps(isFix);
  const runs: [Step, ReturnType<typeof runStep>][] = [];
  for (const step of [biome, ...rest, TESTS]) {
    if (!step) continue;
    const run = runStep(step);
    runs.push([step, run]);
    if (isFix && step === biome) await run; // it writes what the others read
  }
  let areAllGood = true;
  for (const [step, run] of runs) {
    const { isGood, output, seconds } = await run;
    areAllGood &&= isGood;
    const mark = isGood ? 'ok    ' : 'FAILED';
    process.stdout.write(`${mark} ${step.name.padEnd(20)} ${seconds.toFixed(1)} s\n`);
    if (!isGood) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return areAllGood;
}

/** One step, run to its end. Never rejects for a tool that fails. */
export function runStep(step: Step): ReturnType<typeof runTool> {
  return runTool(step.tool, step.args);
}
