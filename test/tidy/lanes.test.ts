import { globSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { expect, it } from 'vitest';
import { LANES } from '../../cli/lanes/lanes.ts';
import config from '../../vitest.config.ts';
import { ROOT } from './source-files.ts';

interface Project {
  readonly test: {
    readonly name: string;
    readonly include: readonly string[];
    readonly exclude?: readonly string[];
  };
}

const PROJECTS = config.test?.projects as unknown as readonly Project[];

function lanesOf(path: string): string[] {
  return PROJECTS.filter(
    ({ test }) =>
      test.include.some((glob) => matchesGlob(path, glob)) &&
      !test.exclude?.some((glob) => matchesGlob(path, glob)),
  ).map(({ test }) => test.name);
}

it('runs every test file in exactly one lane', () => {
  const files = globSync('**/*.test.{ts,js,mjs}', {
    cwd: ROOT,
    exclude: (path) => path === 'node_modules',
  });
  expect(files.length).toBeGreaterThan(10);
  const wrong = files.filter((path) => lanesOf(path).length !== 1);
  expect(wrong).toEqual([]);
});

it.each([
  ['functions/score/a.test.ts', ['unit']],
  ['functions/score/store/a.redis.test.ts', ['redis']],
  ['test/e2e/a.test.ts', ['e2e']],
  ['docs/a.test.ts', []],
])('puts %s in %j', (path, lanes) => {
  expect(lanesOf(path)).toEqual(lanes);
});

it('runs every project of vitest in ./splitwatch test', () => {
  const projects = PROJECTS.map(({ test }) => test.name).sort();
  const run = LANES.flatMap(({ project }) => project ?? []).sort();
  expect(run).toEqual(projects);
});
