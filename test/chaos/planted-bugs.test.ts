import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FAULTS, type Fault } from '../../local/chaos/faults.ts';
import { chaosForTest } from './stage-for-test.ts';

/** Chaos must bite: each bug here is one that nobody notices while nothing fails. */
const faultOf = (wanted: string): Fault => FAULTS.find(({ name }) => name === wanted) as Fault;

/** So that it surely dies with requests under way. */
const SOURCE_KILLED_WHILE_SCORE_STANDS: Fault = {
  name: 'source killed while score stands',
  summary: '',
  isSure: true,
  strike: async (stage, isOver) => {
    const thawed = faultOf('score-frozen').strike(stage, isOver);
    await sleep(1000); // in the middle of it
    await faultOf('source-killed').strike(stage, isOver);
    return thawed;
  },
};

const BUGS = [
  {
    bug: 'offsets that are committed before their records are settled (L2)',
    scripts: { source: join(import.meta.dirname, 'commits-early.ts') },
    fault: SOURCE_KILLED_WHILE_SCORE_STANDS,
  },
  {
    bug: 'a transaction that is acknowledged before the sink has its fraud event (L1)',
    scripts: { score: join(import.meta.dirname, 'answers-early.ts') },
    fault: faultOf('sink-away'),
  },
];

it.each(BUGS)('catches $bug', { timeout: 600_000 }, async ({ scripts, fault }) => {
  const run = await chaosForTest({ scripts });
  try {
    const { lost, problems } = await run.play(fault.name, [fault]);
    expect(lost).toBeGreaterThan(0);
    expect(problems.length).toBeGreaterThan(0);
  } finally {
    await run.stop();
  }
});
