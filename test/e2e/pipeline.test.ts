import { beforeAll, describe, expect, it } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { judgeEpisodes, wrongFrauds } from '../oracle/compare.ts';
import {
  differing,
  expectedEvents,
  type Input,
  makeInput,
  readFrauds,
  toldEvents,
  writeInput,
} from './against-oracle.ts';
import { startForTest, type TestUp } from './start-for-test.ts';
import { until } from './until.ts';

/**
 * The whole line on a real broker and a real Redis, two score processes: 50,000 transactions with
 * planted cases, 2 % delivered twice, 2 % out of order, compared with the naive oracle; posted to
 * score one by one and in batches.
 */
const DELIVERIES = 50_000;
/** Runs the input through the pipeline; resolves with every fraud event, once each. */
async function run(up: TestUp, input: Input): Promise<ReadonlyMap<string, Fraud>> {
  await writeInput(up.names.transactions, input.records);
  await until('all transactions are scored', 280_000, async () => {
    const { score, notify } = await up.stats();
    return score.lag === 0 && notify.lag === 0 && score.delivered >= DELIVERIES;
  });
  const { score, notify } = await up.stats();
  expect(score).toMatchObject({ deadLettered: 0, lost: 0 });
  expect(notify).toMatchObject({ deadLettered: 0, lost: 0 });
  return readFrauds(up);
}

describe.each([
  { source: 'single', how: 'one a POST' },
  { source: 'batch', how: 'in batches' },
] as const)('50,000 transactions through two score processes, $how', ({ source }) => {
  const processes = { source, scoreProcesses: 2, channel: 'none' } as const;
  let input: Input;
  beforeAll(() => {
    input = makeInput(11, DELIVERIES);
  });

  it("ordered: alerts and totals equal the oracle's (L2, O4)", { timeout: 400_000 }, async () => {
    const up = await startForTest({ ...processes, ordering: 'ordered' });
    try {
      const frauds = await run(up, input);
      expect(toldEvents(frauds)).toEqual(expectedEvents(input));
      expect(frauds.size).toBeGreaterThan(100);
      expect(await differing(up, input)).toEqual([]);
    } finally {
      await up.stop();
    }
  });

  it('unordered: each episode is opened, all members add up, totals are equal (O4)', {
    timeout: 400_000,
  }, async () => {
    const up = await startForTest({ ...processes, ordering: 'unordered' });
    try {
      const frauds = await run(up, input);
      expect(wrongFrauds(frauds.values())).toEqual([]);
      const { count, missed } = judgeEpisodes(input.byPair, frauds.values());
      expect(count).toBeGreaterThan(100);
      expect(missed).toEqual([]);
      expect(await differing(up, input)).toEqual([]);
    } finally {
      await up.stop();
    }
  });
});
