import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { alertId } from '../../functions/score/core/alert-id.ts';
import { arrivals, rules } from '../../functions/score/store/contract-cases.ts';
import { createPairOracle } from '../../test/oracle/oracle.ts';
import { Replay, type ReplayOptions, type Row } from './replay.ts';
import { emptyRow, type RowTarget } from './rows-of-records.ts';
import { SortedRows } from './sorted-rows.ts';

function give(target: RowTarget, x: Transaction, more: Partial<Row> = {}): void {
  target.add({
    ...emptyRow(),
    ...{ id: x.id, isIdOwn: false, eventTimeMs: x.eventTimeMs, amountMinor: x.amountMinor },
    originNumber: target.accounts.ofText(x.origin),
    targetNumber: target.accounts.ofText(x.target),
    currencyNumber: target.currencies.ofText(x.currency),
    ...more,
  });
}

/** A replay, and one line for each fraud event that it tells. */
function replayOf(options: ReplayOptions): { replay: Replay; told: string[] } {
  const replay = new Replay(options);
  const told: string[] = [];
  replay.watch = {
    onFraud: ({ alertId: id, sequence, totalMinor, transactions }) => {
      told.push(`${id} ${sequence} ${totalMinor} ${transactions.map((x) => x.id)}`);
    },
    onOver: () => {},
  };
  return { replay, told };
}

/** What the oracle says of the same, which it is told pair by pair in the same order. */
function oracleOf(list: readonly Transaction[], rule: Rule) {
  const oracles = new Map<string, ReturnType<typeof createPairOracle>>();
  const counts = { counted: 0, duplicate: 0, late: 0 };
  const told: string[] = [];
  for (const x of list) {
    const name = `${x.origin} ${x.currency}`;
    const oracle = oracles.get(name) ?? createPairOracle(rule);
    oracles.set(name, oracle);
    const { kind, events } = oracle(x);
    if (kind === 'duplicate' || kind === 'late') counts[kind] += 1;
    else {
      counts.counted += 1;
      for (const { openingId, sequence, totalMinor, memberIds } of events) {
        told.push(`${alertId(rule, x, openingId)} ${sequence} ${totalMinor} ${memberIds}`);
      }
    }
  }
  return { counts, told };
}

/** Three accounts and two currencies: pairs that come and go beside each other. */
const histories = (rule: Rule, density: number): fc.Arbitrary<Transaction[]> =>
  fc
    .tuple(arrivals(rule, density, 60), fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }))
    .map(([list, pairs]) => {
      const pairOf = new Map<string, number>();
      return list.map((x, i) => {
        const pair = pairOf.get(x.id) ?? (pairs[i] as number);
        pairOf.set(x.id, pair);
        return { ...x, origin: `é${pair % 3}`, currency: pair > 2 ? 'EUR' : 'USD' };
      });
    });

describe('a replay', () => {
  it.each(rules)('finds what the oracle finds, as it stands (D1-D7, O1-O3): %o', (each) => {
    const { rule, density } = each;
    fc.assert(
      fc.property(histories(rule, density), (list) => {
        const { replay, told } = replayOf({ rule, disorderMs: 86_400_000 });
        for (const x of list) give(replay, x);
        const expected = oracleOf(list, rule);
        expect(told).toEqual(expected.told);
        expect(replay.counts).toMatchObject(expected.counts);
      }),
      { numRuns: 60 },
    );
  });

  it.each(rules)(
    'finds the same in order of time while it lets go of quiet pairs: %o',
    async (each) => {
      const { rule, density } = each;
      await fc.assert(
        fc.asyncProperty(histories(rule, density), async (list) => {
          const { replay, told } = replayOf({ rule, disorderMs: 0, pairsBeforeForgetting: 1 });
          const sorted = new SortedRows(() => {});
          for (const x of list) give(sorted, x);
          const inTime = list.toSorted((a, b) => a.eventTimeMs - b.eventTimeMs);
          await sorted.giveTo(replay);
          const expected = oracleOf(inTime, rule);
          expect(told).toEqual(expected.told);
          expect(replay.counts).toMatchObject({ ...expected.counts, behind: 0 });
        }),
        { numRuns: 60 },
      );
    },
  );

  it('says what moved, when, exactly beyond 2^53', () => {
    const { replay } = replayOf({ rule: (rules[0] as (typeof rules)[number]).rule, disorderMs: 0 });
    const x = { id: 's#1', origin: 'a', target: 'b', currency: 'EUR', eventTimeMs: 7 };
    for (let i = 0; i < 3; i++) {
      give(replay, { ...x, id: `${i}`, eventTimeMs: 7 + i, amountMinor: Number.MAX_SAFE_INTEGER });
    }
    expect(replay.totals()).toEqual(new Map([['EUR', 3n * (2n ** 53n - 1n)]]));
    expect(replay.counts).toMatchObject({ counted: 3, pairs: 1, firstTimeMs: 7, lastTimeMs: 9 });
  });

  it('holds only pairs that something can still come to, and takes nothing older', () => {
    const { rule } = rules[0] as (typeof rules)[number];
    const { replay } = replayOf({ rule, disorderMs: 100, pairsBeforeForgetting: 50 });
    for (let t = 0; t < 5000; t++) {
      const x = { origin: `${t}`, target: 'b', currency: 'USD', amountMinor: 1 };
      give(replay, { ...x, id: `${t}`, eventTimeMs: t });
    }
    expect(replay.counts.pairs).toBe(5000);
    expect(replay.book.size).toBeLessThan(600);
    expect(replay.accounts.size).toBeLessThan(601);
    const old = { id: 'old', origin: '1', target: 'b', currency: 'USD', amountMinor: 1 };
    give(replay, { ...old, eventTimeMs: 1 });
    expect(replay.counts).toMatchObject({ counted: 5000, behind: 1 });
  });
});
