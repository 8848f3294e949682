import { defineConfig } from 'vitest/config';

/**
 * One project a lane (see CONTRIBUTING.md). The unit lane needs nothing; the others need the
 * servers that `./splitwatch test` starts, and fail with one line when those are missing.
 */
const UNIT = ['{functions,shared,local,cli}/**/*.test.ts', 'test/tidy/**/*.test.ts'];
const HEAVY = ['**/*.redis.test.ts', '**/*.kafka.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { test: { name: 'unit', include: UNIT, exclude: HEAVY } },
      {
        test: {
          name: 'redis',
          include: ['{functions,shared,local,cli,test}/**/*.redis.test.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'kafka',
          include: ['{functions,shared,local,cli,test}/**/*.kafka.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
