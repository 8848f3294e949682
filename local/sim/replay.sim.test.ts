import { describe, expect, it } from 'vitest';
import { runMany } from './run-many.ts';
import { formatFailure } from './sim-report.ts';
import { simulate } from './simulate.ts';

async function traceOf(seed: number, store: 'core' | 'lua'): Promise<string> {
  const lines: string[] = [];
  const trace = (line: string): void => void lines.push(line);
  await simulate({ seed, hours: 1, profile: 'storm', store, trace });
  return lines.join('\n');
}

describe('a seed', () => {
  it.each(['core', 'lua'] as const)(
    'gives the same trace twice, totals kept by %s',
    async (store) => {
      const trace = await traceOf(5, store);
      expect(trace.split('\n').length).toBeGreaterThan(1_000);
      expect(await traceOf(5, store)).toBe(trace);
    },
  );

  it('gives another trace than the next seed', async () => {
    expect(await traceOf(6, 'core')).not.toBe(await traceOf(5, 'core'));
  });

  // The store in Redis reads and writes in two steps, so what comes first differs between the two.
  // At each step the run holds the decision against the oracle.
  it('brings both stores the same transactions, and each decides as the oracle does', async () => {
    const run = (store: 'core' | 'lua') => simulate({ seed: 7, hours: 1, profile: 'storm', store });
    const [core, lua] = [await run('core'), await run('lua')];
    expect(lua.transactions).toEqual(core.transactions);
    expect(core.transactions.length).toBeGreaterThan(100);
    for (const { violation, counts } of [core, lua]) {
      expect(violation).toBeUndefined();
      expect(counts).toMatchObject({ lost: 0, doubled: 0 });
      expect(counts.alerts).toBeGreaterThan(0);
    }
  });
});

describe('a run that breaks a promise', () => {
  it('is told with its seed, its shortest schedule and its steps', async () => {
    const failed = await runMany({
      runs: [{ seed: 1, hours: 1, profile: 'all', store: 'core' }],
      workers: 1,
      bug: 'threshold-or-more',
    });
    const { result, shrunk } = failed as NonNullable<typeof failed>;
    expect(shrunk?.result.violation?.invariant).toBe(result.violation?.invariant);
    // Exactly the threshold takes four transactions, and no fault at all.
    expect(shrunk?.result.transactions).toHaveLength(4);
    expect(shrunk?.result.faults).toEqual([]);
    const text = formatFailure(failed as NonNullable<typeof failed>, 1, '');
    expect(text).toMatch(/^seed 1 \(1 h, .*\) breaks: decisions are the oracle’s/);
    expect(text).toMatch(/00:\d\d:\d\d\.\d{3} {2}VIOLATION .*total 1000000/);
    expect(text).toMatch(/\.\/splitwatch sim --seed 1 --hours 1 --trace$/);
  }, 120_000);
});
