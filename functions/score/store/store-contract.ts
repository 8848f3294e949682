import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { createPairOracle, sum } from '../../../test/oracle/oracle.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Decision, TotalsStore } from '../totals-store.ts';
import { arrivals, namedArrivals, RULE, rules, transaction } from './contract-cases.ts';

/** A store under test, for one rule; each call makes one with keys of its own. */
export type OpenStore = (rule: Rule) => Promise<TotalsStore>;

export interface ContractOptions {
  /** How many random sequences are played, from `PROPERTY_RUNS`. */
  readonly runs: number;
  readonly seed?: number;
}

/**
 * The contract of a totals store: every implementation passes it. The table says the edges by name;
 * the properties play random sequences (any order, duplicates, ties, edges of W, late ones) and
 * compare each answer with the naive oracle.
 */
export function describeTotalsStore(name: string, open: OpenStore, options: ContractOptions): void {
  describe(`${name} keeps the contract of a totals store`, () => {
    let store: TotalsStore;
    beforeAll(async () => {
      store = await open(RULE);
    });
    afterAll(() => store.close());

    const play = async (list: readonly Transaction[]): Promise<Decision[]> => {
      const decisions: Decision[] = [];
      for (const x of list) decisions.push(await store.add(x));
      return decisions;
    };
    const totals = (decisions: readonly Decision[]): unknown[] =>
      decisions.map((d) => ('totalMinor' in d ? Number(d.totalMinor) : d.kind));

    it('sums the trailing window, exactly W apart is outside (D1)', async () => {
      const pair = { origin: 'D1', target: 'b' };
      const list = [0, 1, 60_000, 60_001].map((t, i) =>
        transaction({ ...pair, t, id: `${i}`, amount: 10 }),
      );
      expect(totals(await play(list))).toEqual([10, 20, 20, 20]);
    });

    it('orders equal times by id, byte by byte (D1)', async () => {
      const pair = { origin: 'D1ties', target: 'b' };
      const ids = ['é', 'a', 'Z', 'b', '\u{1f600}', '\uffee'];
      const list = ids.map((id, i) => transaction({ ...pair, t: 5, id, amount: 10 ** i }));
      const total = totals(await play(list));
      expect(total).toEqual([1, 10, 100, 1110, 11_111, 101_111]);
    });

    it('takes exactly the threshold as no fraud, one cent more as fraud (D2)', async () => {
      const pair = { origin: 'D2', target: 'b' };
      const list = [60, 40, 1].map((amount, i) =>
        transaction({ ...pair, t: i, id: `${i}`, amount }),
      );
      expect((await play(list)).map((d) => d.kind)).toEqual(['counted', 'counted', 'crossed']);
    });

    it('opens one episode and brings it up to date when its total has doubled (D5)', async () => {
      const pair = { origin: 'D5', target: 'b' };
      const list = [101, 100, 1, 202, 5].map((amount, t) =>
        transaction({ ...pair, t, id: `${t}`, amount }),
      );
      const decisions = (await play(list)) as Verdict[];
      expect(decisions.map((d) => d.kind)).toEqual([
        'crossed',
        'counted',
        'updated',
        'updated',
        'counted',
      ]);
      const sent = decisions.flatMap((d) =>
        d.findings.map((f) => [f.openingId, f.sequence, f.totalMinor]),
      );
      expect(sent).toEqual([
        ['0', 1, 101n],
        ['0', 2, 202n],
        ['0', 3, 404n],
      ]);
    });

    it('keeps A→B, B→A and another currency apart (S2)', async () => {
      const list = [
        transaction({ origin: 'x', target: 'y', t: 0, id: '1', amount: 70 }),
        transaction({ origin: 'y', target: 'x', t: 0, id: '2', amount: 70 }),
        transaction({ origin: 'x', target: 'y', t: 0, id: '3', amount: 70, currency: 'EUR' }),
        transaction({ origin: 'x:y', target: 'y', t: 0, id: '4', amount: 70 }),
        transaction({ origin: 'x', target: 'y:y', t: 0, id: '5', amount: 70 }),
      ];
      expect(totals(await play(list))).toEqual([70, 70, 70, 70, 70]);
    });

    it('refuses what is older than the allowed lateness, takes what is exactly that old (O2)', async () => {
      const pair = { origin: 'O2', target: 'b' };
      const list = [100_000, 69_999, 70_000].map((t, i) =>
        transaction({ ...pair, t, id: `${i}`, amount: 1 }),
      );
      expect((await play(list)).map((d) => d.kind)).toEqual(['counted', 'late', 'counted']);
    });

    it('gives the first decision and its fraud event again to a duplicate (O3)', async () => {
      const pair = { origin: 'O3', target: 'b' };
      const [a, b, c] = [90, 20, 5].map((amount, t) =>
        transaction({ ...pair, t, id: `${t}`, amount }),
      );
      const first = await play([a, b, c] as Transaction[]);
      const again = await play([c, b, a] as Transaction[]);
      expect(again.map((d) => d.kind)).toEqual(['duplicate', 'duplicate', 'duplicate']);
      expect(again.map((d) => (d.kind === 'duplicate' ? d.first : d))).toEqual(first.toReversed());
      await store.sent(b as Transaction);
      expect(await play([b as Transaction])).toEqual([{ kind: 'duplicate', first: first[1] }]);
    });

    it('knows a duplicate whose time or amount has changed (S3, O3)', async () => {
      const pair = { origin: 'O3b', target: 'b' };
      const x = transaction({ ...pair, t: 1000, id: 'same', amount: 70 });
      const decisions = await play([x, { ...x, eventTimeMs: 500 }, { ...x, amountMinor: 99 }]);
      expect(decisions.map((d) => d.kind)).toEqual(['counted', 'duplicate', 'duplicate']);
    });

    it('keeps an unsent fraud event whole until it is sent, however far time moves on (L2)', async () => {
      const pair = { origin: 'L2', target: 'b' };
      const a = transaction({ ...pair, t: 0, id: 'a', amount: 60 });
      const b = transaction({ ...pair, t: 1, id: 'b', amount: 60 });
      const [, first] = await play([
        a,
        b,
        transaction({ ...pair, t: 900_000, id: 'c', amount: 1 }),
      ]);
      expect(await play([b])).toEqual([{ kind: 'duplicate', first }]);
      await store.sent(b);
      expect((await play([b]))[0]?.kind).toBe('late');
    });

    it('adds amounts up to 2^53 − 1 exactly (S1)', async () => {
      const pair = { origin: 'S1', target: 'b' };
      const max = Number.MAX_SAFE_INTEGER;
      const list = [0, 1, 2].map((t) => transaction({ ...pair, t, id: `${t}`, amount: max }));
      const decisions = (await play(list)) as Verdict[];
      expect(decisions.map((d) => d.totalMinor)).toEqual([1n, 2n, 3n].map((n) => n * BigInt(max)));
    });

    it('keeps its count at the first and the last instant that can be written (S1)', async () => {
      for (const t of [0, Date.parse('9999-12-31T23:59:59.999Z')]) {
        const pair = { origin: `instant ${t}`, target: 'b' };
        const list = [60, 70].map((amount, i) => transaction({ ...pair, t, id: `${i}`, amount }));
        expect(totals(await play(list))).toEqual([60, 130]);
        expect((await store.read({ ...pair, currency: 'USD' }))?.newestTimeMs).toBe(t);
      }
    });

    it('tells the pair’s total and members at its newest transaction', async () => {
      const pair = { origin: 'read {}%/é', target: 'b;'.slice(0, 1), currency: 'USD' };
      expect(await store.read(pair)).toBeUndefined();
      await play([60, 70].map((amount, t) => transaction({ ...pair, t, id: `${t}`, amount })));
      expect(await store.read(pair)).toEqual({
        newestTimeMs: 1,
        totalMinor: 130n,
        transactionCount: 2,
        openingId: '1',
        members: [
          { id: '0', eventTimeMs: 0, amountMinor: 60 },
          { id: '1', eventTimeMs: 1, amountMinor: 70 },
        ],
      });
    });

    it('lists the newest 1,000 members of a larger window (D6)', async () => {
      const pair = { origin: 'D6', target: 'b' };
      const list = Array.from({ length: 1100 }, (_, i) =>
        transaction({ ...pair, t: i, id: `${i}`, amount: 0 }),
      );
      await play(list);
      const [last] = (await play([transaction({ ...pair, t: 1100, id: 'last', amount: 101 })])) as [
        Verdict,
      ];
      const finding = last.findings[0];
      expect(finding?.transactionCount).toBe(1101);
      expect(finding?.members).toHaveLength(1000);
      expect(finding?.members[0]?.id).toBe('101');
      expect(finding?.members.at(-1)?.id).toBe('last');
    });
  });

  describe(`${name} decides as the oracle does (D1–D7, O1–O4)`, () => {
    it.each(namedArrivals)('for $name', async ({ rule, list }) => {
      const store = await open(rule);
      await compareWithOracle(store, rule, list, 'named');
      await store.close();
    });

    it('for several pairs and currencies side by side (S2)', async () => {
      const store = await open(RULE);
      const lists = fc.tuple(...PAIRS.map(() => arrivals(RULE, 6, 20)));
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(lists, async (perPair) => {
          runs += 1;
          await compareWithOracle(store, RULE, sideBySide(perPair), `run ${runs} `);
        }),
        { numRuns: options.runs, ...(options.seed === undefined ? {} : { seed: options.seed }) },
      );
      await store.close();
    });

    for (const { rule, density } of rules) {
      it(`for any arrivals, updates ${rule.updates}, W ${rule.windowMs}, lateness ${rule.allowedLatenessMs}`, async () => {
        const store = await open(rule);
        let pairs = 0;
        await fc.assert(
          fc.asyncProperty(arrivals(rule, density), async (list) => {
            pairs += 1;
            await compareWithOracle(store, rule, list, `p${pairs}`);
          }),
          { numRuns: options.runs, ...(options.seed === undefined ? {} : { seed: options.seed }) },
        );
        await store.close();
      });
    }
  });
}

const PAIRS = [
  { origin: 'a', target: 'b', currency: 'USD' },
  { origin: 'a', target: 'b', currency: 'EUR' },
  { origin: 'b', target: 'a', currency: 'USD' },
  { origin: 'a', target: 'a', currency: 'USD' },
];

/** One list of each pair, taken from in turn. */
function sideBySide(lists: readonly (readonly Transaction[])[]): Transaction[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list, k) => (list[i] === undefined ? [] : [{ ...list[i], ...PAIRS[k] }])),
  ).flat();
}

async function compareWithOracle(
  store: TotalsStore,
  rule: Rule,
  list: readonly Transaction[],
  prefix: string,
): Promise<void> {
  const oracles = new Map<string, ReturnType<typeof createPairOracle>>();
  for (const arrival of list) {
    const x = { ...arrival, origin: `${prefix}${arrival.origin}` };
    const pair = `${x.origin} ${x.target} ${x.currency}`;
    const oracle = oracles.get(pair) ?? createPairOracle(rule);
    oracles.set(pair, oracle);
    const expected = oracle(x);
    const decision = await store.add(x);
    await store.sent(x);
    expect(decision.kind).toBe(expected.kind);
    if (decision.kind === 'late') continue;
    const verdict = decision.kind === 'duplicate' ? decision.first : decision;
    expect([verdict.totalMinor, verdict.transactionCount]).toEqual([
      expected.totalMinor,
      expected.transactionCount,
    ]);
    const events = verdict.findings.map((finding) => ({
      openingId: finding.openingId,
      sequence: finding.sequence,
      totalMinor: finding.totalMinor,
      memberIds: finding.members.map((member) => member.id),
    }));
    expect(events).toEqual(expected.events);
    for (const finding of verdict.findings) expect(sum(finding.members)).toBe(finding.totalMinor);
  }
}
