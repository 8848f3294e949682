import { defineConfig } from 'vitest/config';

/**
 * One project a lane (see CONTRIBUTING.md). The unit and tidy lanes need nothing; the others need
 * the parts that `./splitwatch test` starts, and fail with one line when those are missing.
 * test/tidy/lanes.test.ts checks that every test file belongs to exactly one lane.
 */
const HEAVY = ['**/*.redis.test.ts', '**/*.kafka.test.ts', '**/*.helm.test.ts', '**/*.sim.test.ts'];
const SOURCES = '{functions,shared,local,cli,knative,bench}/**';

const lane = (name: string, include: string[], testTimeout: number) => ({
  // One file at a time: heavy lanes share a broker, a Redis, a machine of two cores.
  test: { name, include, testTimeout, fileParallelism: false },
});

export default defineConfig({
  test: {
    hookTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${SOURCES}/*.test.ts`, 'test/oracle/**/*.test.ts'],
          exclude: HEAVY,
          testTimeout: 20_000,
        },
      },
      { test: { name: 'tidy', include: ['test/tidy/**/*.test.ts'], testTimeout: 20_000 } },
      lane('sim', ['local/sim/**/*.sim.test.ts'], 60_000),
      lane('fuzz', ['test/fuzz/**/*.test.ts'], 300_000),
      lane('redis', [`${SOURCES}/*.redis.test.ts`], 20_000),
      lane('kafka', [`${SOURCES}/*.kafka.test.ts`], 60_000),
      lane('chart', ['knative/**/*.helm.test.ts'], 60_000),
      lane('knative', ['test/knative/**/*.test.ts'], 60_000),
      lane('chaos', ['test/chaos/**/*.test.ts'], 180_000),
      lane('e2e', ['test/e2e/**/*.test.ts'], 300_000),
      lane('page', ['test/page/**/*.test.ts'], 60_000),
    ],
  },
});
