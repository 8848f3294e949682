import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { createPairOracle, episodes, totalAt, windowAt } from '../../test/oracle/oracle.ts';
import { type Assessment, assessLate, type PairHistory } from './assess-late.ts';

const RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 10,
  allowedLatenessMs: 5,
  thresholdMinor: 100,
  updates: 'doubling',
};

const pair = { origin: '66', target: '26', currency: 'USD' };
const at = (eventTimeMs: number, amountMinor: number, id = `t${eventTimeMs}`): Transaction => ({
  ...pair,
  ...{ id, eventTimeMs, amountMinor },
});

/** What score made of the transactions as they came: by the oracle. */
function told(arrivals: readonly Transaction[], rule: Rule = RULE): PairHistory {
  const tell = createPairOracle(rule);
  const lateIds = new Set<string>();
  const frauds: Fraud[] = [];
  for (const one of arrivals) {
    const answer = tell(one);
    if (answer.kind === 'late') lateIds.add(one.id);
    for (const event of answer.kind === 'duplicate' ? [] : answer.events) {
      const of = (id: string) => arrivals.find((x) => x.id === id) as Transaction;
      const transactions = event.memberIds.map(of);
      frauds.push({
        ...{ alertId: `alert-${event.openingId}`, sequence: event.sequence, rule, pair },
        ...{ totalMinor: event.totalMinor, thresholdMinor: rule.thresholdMinor },
        ...{ firstTimeMs: transactions[0]?.eventTimeMs ?? 0, windowMs: rule.windowMs },
        ...{ lastTimeMs: transactions.at(-1)?.eventTimeMs ?? 0, truncated: false },
        ...{ transactionCount: transactions.length, transactions },
      });
    }
  }
  return { transactions: arrivals, lateIds, frauds, isCut: false };
}

describe('a late transaction (O2, L4)', () => {
  it('changes nothing where no total with it is over the threshold', () => {
    const late = at(3, 40, 'late');
    expect(assessLate(late, told([at(1, 60), at(20, 5), late]), RULE)).toEqual({
      ...{ verdict: 'changes nothing', totalMinor: 100n, transactionCount: 2 },
      ...{ firstTimeMs: 1, lastTimeMs: 3, alertIds: [] },
    });
  });

  it('would have opened an alert where one more would have been over it', () => {
    const late = at(3, 20, 'late');
    expect(assessLate(late, told([at(0, 60), at(5, 30), at(20, 5), late]), RULE)).toEqual({
      ...{ verdict: 'opens', totalMinor: 110n, transactionCount: 3 },
      ...{ firstTimeMs: 0, lastTimeMs: 5, alertIds: [] },
    });
  });

  it('would have raised an alert that was told of', () => {
    const late = at(3, 20, 'late');
    expect(assessLate(late, told([at(0, 60), at(5, 60), at(20, 5), late]), RULE)).toEqual({
      ...{ verdict: 'raises', totalMinor: 140n, transactionCount: 3 },
      ...{ firstTimeMs: 0, lastTimeMs: 5, alertIds: ['alert-t5'] },
    });
  });

  it('changes nothing of an alert that was told of with more', () => {
    const late = at(17, 3, 'late');
    const history = told([at(0, 500), at(8, 1), at(16, 120), at(30, 0), late]);
    expect(assessLate(late, history, RULE)).toEqual({
      ...{ verdict: 'changes nothing', totalMinor: 124n, transactionCount: 3 },
      ...{ firstTimeMs: 8, lastTimeMs: 17, alertIds: ['alert-t0'] },
    });
  });

  it('changes nothing where it only parts an episode that was told of', () => {
    const late = at(10, 0, 'late');
    const history = told([at(0, 60), at(5, 60), at(14, 60), at(30, 5), late]);
    expect(assessLate(late, history, RULE)).toMatchObject({
      ...{ verdict: 'changes nothing', alertIds: ['alert-t5'] },
    });
  });

  it('would have opened an alert together with others that were late', () => {
    const [one, two] = [at(1, 60, 'one'), at(2, 60, 'two')];
    const history = told([at(20, 5), one, two]);
    expect(assessLate(one, history, RULE)).toMatchObject({ verdict: 'opens', totalMinor: 120n });
    expect(assessLate(two, history, RULE)).toMatchObject({ verdict: 'opens', totalMinor: 120n });
  });

  it('is in no window of what stands exactly one window behind it (D1)', () => {
    const late = at(5, 60, 'late');
    expect(assessLate(late, told([at(15, 60), at(30, 5), late]), RULE)).toMatchObject({
      ...{ verdict: 'changes nothing', totalMinor: 60n },
    });
  });

  it('that was counted all the same changes nothing', () => {
    const again = at(3, 60);
    const history = told([at(0, 60), again, at(40, 5), again]);
    expect(history.lateIds).toEqual(new Set(['t3']));
    expect(assessLate(again, history, RULE).verdict).toBe('changes nothing');
  });

  it('is held against each id as it first came (S3)', () => {
    const late = at(2, 60, 'late');
    const history = told([at(30, 60, 'same'), at(1, 60, 'same'), late]);
    expect(assessLate(late, history, RULE).verdict).toBe('changes nothing');
  });

  it('raises an alert that was told of before what was read begins', () => {
    const long = [0, 5, 10, 15, 20, 25, 30, 35].map((ms) => at(ms, 60));
    const late = at(22, 10, 'late');
    const whole = told([...long, at(50, 1), late]);
    const isSeen = ({ eventTimeMs }: Transaction): boolean => eventTimeMs > 7;
    const cut = { ...whole, transactions: whole.transactions.filter(isSeen), isCut: true };
    const expected = { verdict: 'raises', totalMinor: 130n, alertIds: ['alert-t5'] };
    expect(assessLate(late, whole, RULE)).toMatchObject(expected);
    expect(assessLate(late, cut, RULE)).toMatchObject(expected);
    expect(assessLate(late, { ...cut, frauds: [] }, RULE).verdict).toBe('opens');
  });
});

describe('for any transactions in any order', () => {
  const arrivals = fc
    .array(fc.record({ time: fc.nat(60), amount: fc.nat(70) }), { maxLength: 25 })
    .map((list) => list.map(({ time, amount }, i) => at(time, amount, `id-${i}`)));
  const lateOf = (list: readonly Transaction[], { lateIds }: PairHistory): Transaction[] =>
    list.filter(({ id }) => lateIds.has(id));

  it('each episode was told of, or a late one says that it was not (O2, L4)', () => {
    fc.assert(
      fc.property(arrivals, (list) => {
        const history = told(list);
        const opens = lateOf(list, history).filter(
          (late) => assessLate(late, history, RULE).verdict === 'opens',
        );
        for (const episode of episodes(list, RULE)) {
          const isTold = toldOf(episode, list, history).length > 0;
          const isSaid = opens.some((late) =>
            episode.some((x) => windowAt(list, x, RULE).includes(late)),
          );
          expect(isTold || isSaid).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('totals and verdict are those of the naive oracle', () => {
    fc.assert(
      fc.property(arrivals, (list) => {
        const history = told(list);
        for (const late of lateOf(list, history)) {
          expect(assessLate(late, history, RULE)).toEqual(naive(late, list, history));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The same by list and filter: every episode that it reaches, the worst one last. */
function naive(late: Transaction, list: readonly Transaction[], history: PairHistory): Assessment {
  const summed = list.filter(({ id }) => !history.lateIds.has(id));
  const reached = list.filter((x) => windowAt(list, x, RULE).includes(late));
  const say = (verdict: Assessment['verdict'], of: Transaction[], alertIds: string[]) => {
    const by = (x: Transaction) => totalAt(list, x, RULE);
    const sorted = of.toSorted((a, b) => Number(by(b) - by(a)) || order(a, b));
    const largest = sorted[0] as Transaction;
    const window = windowAt(list, largest, RULE);
    return {
      ...{ verdict, totalMinor: by(largest), transactionCount: window.length, alertIds },
      firstTimeMs: (window[0] as Transaction).eventTimeMs,
      lastTimeMs: largest.eventTimeMs,
    };
  };
  const found = episodes(list, RULE)
    .filter((episode) => episode.some((x) => reached.includes(x)))
    .map((episode) => {
      const told = toldOf(episode, list, history);
      const touched = episode.filter((x) => reached.includes(x));
      const alertIds = [...new Set(told.map(({ alertId }) => alertId))];
      if (told.length === 0) return say('opens', touched, []);
      const before = joined(episode, summed).map((x) => totalAt(summed, x, RULE));
      const most = Math.max(...[...before, ...told.map((x) => x.totalMinor)].map(Number));
      const now = Math.max(...touched.map((x) => Number(totalAt(list, x, RULE))));
      return say(now > most ? 'raises' : 'changes nothing', touched, alertIds);
    });
  const rank = ['opens', 'raises', 'changes nothing'];
  const worst = found.toSorted((a, b) => rank.indexOf(a.verdict) - rank.indexOf(b.verdict))[0];
  if (worst === undefined || worst.verdict === 'changes nothing') {
    if (found.length === 0) return say('changes nothing', reached, []);
  }
  const same = found.filter(({ verdict }) => verdict === worst?.verdict);
  return same.at(-1) as Assessment;
}

/** What was summed of the episode, and of those that it was told of in one with. */
function joined(episode: readonly Transaction[], summed: readonly Transaction[]): Transaction[] {
  const runs = episodes(summed, RULE).filter((run) => run.some((x) => episode.includes(x)));
  const ofRuns = runs.flat();
  return summed.filter((x) => episode.includes(x) || ofRuns.includes(x));
}

function toldOf(episode: readonly Transaction[], list: readonly Transaction[], of: PairHistory) {
  const summed = list.filter(({ id }) => !of.lateIds.has(id));
  const all = [...episode, ...joined(episode, summed)];
  return of.frauds.filter(({ transactions }) =>
    all.some(({ id }) => id === transactions.at(-1)?.id),
  );
}

function order(a: Transaction, b: Transaction): number {
  return a.eventTimeMs - b.eventTimeMs || (a.id < b.id ? -1 : 1);
}
