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

  it('decides the same in the core and in the scripts, step by step', async () => {
    const strip = (trace: string): string => trace.split('\n').slice(1).join('\n');
    expect(strip(await traceOf(7, 'lua'))).toBe(strip(await traceOf(7, 'core')));
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
