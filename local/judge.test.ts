import { describe, expect, test } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { CASE_KINDS, type CaseKind, type Label } from '../functions/generate/core/label.ts';
import { createJudge, judgeLines, PROBLEMS_MAX } from './judge.ts';

const pair = (number: number) => ({ origin: `${number}`, target: 'x', currency: 'USD' });

function labelOf(number: number, kind: CaseKind = 'structuring'): Label {
  return {
    caseId: `case-${number}`,
    kind,
    expected: CASE_KINDS[kind].expected,
    pair: pair(number),
    transactionIds: [`/t#${number}-a`, `/t#${number}-b`],
    crossingId: CASE_KINDS[kind].expected === 'alert' ? `/t#${number}-b` : undefined,
    settledById: `/t#${number}-b`,
    totalMinor: 1_000_001,
    firstTimeMs: 0,
    lastTimeMs: 1000,
  };
}

function fraudOf(number: number, changes: Partial<Fraud> = {}): Fraud {
  return {
    alertId: `alert-${number}`,
    sequence: 1,
    rule: { id: 'pair-total', version: 1 },
    pair: pair(number),
    firstTimeMs: 0,
    lastTimeMs: 1000,
    totalMinor: 1_000_001n,
    thresholdMinor: 1_000_000,
    windowMs: 600_000,
    transactionCount: 2,
    truncated: false,
    transactions: [
      { id: `/t#${number}-a`, eventTimeMs: 0, amountMinor: 1_000_000 },
      { id: `/t#${number}-b`, eventTimeMs: 1000, amountMinor: 1 },
    ],
    ...changes,
  };
}

describe('judge', () => {
  test('finds planted cases and tells the time from crossing to alert', () => {
    const judge = createJudge();
    for (let i = 1; i <= 20; i++) {
      judge.label(labelOf(i));
      judge.sent(`/t#${i}-b`, 100);
      judge.seen(fraudOf(i), 100 + i);
    }
    expect(judge.report()).toEqual({
      planted: 20,
      found: 20,
      missed: 0,
      harmless: 0,
      false: 0,
      unplanted: 0,
      further: 0,
      latencyMsMedian: 10,
      latencyMsP95: 19,
      problems: [],
    });
  });

  test('counts from the first delivery to the first event of an alert', () => {
    const judge = createJudge();
    judge.label(labelOf(1));
    judge.sent('/t#1-b', 100);
    judge.seen(fraudOf(1), 107);
    judge.sent('/t#1-b', 200);
    judge.seen(fraudOf(1, { sequence: 2 }), 300);
    expect(judge.report()).toMatchObject({ found: 1, further: 0, latencyMsMedian: 7 });
  });

  test('misses a case that was sent, not one whose settling delivery is still to come', () => {
    const judge = createJudge();
    judge.label(labelOf(1));
    judge.label(labelOf(2));
    judge.sent('/t#1-b', 100);
    judge.sent('/t#2-a', 100);
    const report = judge.report();
    expect(report).toMatchObject({ planted: 1, found: 0, missed: 1 });
    expect(report.problems).toEqual(['missed: structuring case-1 on 1:x USD']);
    expect(report.latencyMsMedian).toBeUndefined();
  });

  test('calls an alert on a harmless case false, for both directions of a two-way case', () => {
    const judge = createJudge();
    judge.label(labelOf(1, 'exact'));
    judge.label(labelOf(2, 'two-way'));
    judge.seen(fraudOf(1), 1);
    judge.seen(fraudOf(2, { pair: { origin: 'x', target: '2', currency: 'USD' } }), 1);
    const report = judge.report();
    expect(report).toMatchObject({ planted: 0, harmless: 2, false: 2, unplanted: 0 });
    expect(report.problems[0]).toContain('exact case-1 must not alert');
  });

  test('does not mind whether an alert or its label is told first', () => {
    const judge = createJudge();
    judge.seen(fraudOf(1), 1);
    expect(judge.report()).toMatchObject({ unplanted: 1, false: 0 });
    judge.label(labelOf(1, 'near-miss'));
    expect(judge.report()).toMatchObject({ unplanted: 0, false: 1 });
  });

  test('counts a true alert that nobody planted by itself', () => {
    const judge = createJudge();
    judge.seen(fraudOf(7), 1);
    expect(judge.report()).toMatchObject({ planted: 0, false: 0, unplanted: 1 });
  });

  test('counts a second alert on a found case as further, not as false (O4)', () => {
    const judge = createJudge();
    judge.label(labelOf(1));
    judge.sent('/t#1-b', 1);
    judge.seen(fraudOf(1), 2);
    judge.seen(fraudOf(1, { alertId: 'other' }), 3);
    expect(judge.report()).toMatchObject({ found: 1, false: 0, further: 1, latencyMsMedian: 1 });
  });

  const member = { id: 'm', eventTimeMs: 0, amountMinor: 600_000 };
  test.each<[string, Partial<Fraud>]>([
    ['its total is not over the threshold', { totalMinor: 1_000_000n }],
    ['it is longer than the window', { lastTimeMs: 600_000 }],
    [
      'it counts a transaction twice',
      { transactions: [member, member], totalMinor: 1_200_000n, transactionCount: 2 },
    ],
    ['its transactions do not add up to its total', { totalMinor: 1_000_002n }],
    ['its transactions do not add up to its total', { transactionCount: 3 }],
  ])('calls an alert false when %s', (reason, changes) => {
    const judge = createJudge();
    judge.seen(fraudOf(1, changes), 1);
    const report = judge.report();
    expect(report).toMatchObject({ false: 1, unplanted: 0 });
    expect(report.problems).toEqual([`false: alert alert-1 on 1:x USD: ${reason}`]);
  });

  test('takes a truncated list for what it is: a part (D6)', () => {
    const judge = createJudge();
    judge.seen(fraudOf(1, { totalMinor: 5_000_000n, transactionCount: 1500, truncated: true }), 1);
    expect(judge.report()).toMatchObject({ false: 0, unplanted: 1 });
  });

  test('calls an alert false that has more than was planted, as when repeats are summed (O3)', () => {
    const judge = createJudge();
    judge.label({ ...labelOf(1), totalMinor: 1_000_000 });
    judge.sent('/t#1-b', 1);
    judge.seen(fraudOf(1), 2);
    expect(judge.report()).toMatchObject({ found: 0, missed: 1, false: 1 });
  });

  test('calls an alert false once an update of it is', () => {
    const judge = createJudge();
    judge.seen(fraudOf(1), 1);
    judge.seen(fraudOf(1, { sequence: 2, totalMinor: 3n }), 2);
    expect(judge.report()).toMatchObject({ false: 1, unplanted: 0 });
  });

  test('names only the first few problems', () => {
    const judge = createJudge();
    for (let i = 0; i < 100; i++) judge.seen(fraudOf(i, { totalMinor: 1n }), 1);
    expect(judge.report().problems).toHaveLength(PROBLEMS_MAX);
  });
});

test('says the report in aligned lines', () => {
  const judge = createJudge();
  judge.label(labelOf(1));
  judge.label(labelOf(2, 'slow'));
  judge.sent('/t#1-b', 1);
  judge.seen(fraudOf(1), 4.25);
  expect(judgeLines(judge.report())).toEqual([
    'planted        1   that must alert, and 1 that must not',
    'found          1   of those that must',
    'missed         0',
    'false          0   alerts on what must not, or that do not add up',
    'unplanted      0   alerts in ordinary traffic, true by the rule',
    'crossing to alert: median 3.3 ms, 95 % in 3.3 ms',
  ]);
  expect(judgeLines(createJudge().report()).at(-1)).toBe('crossing to alert: median –, 95 % in –');
});
