import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { addToPair } from '../../functions/score/core/add-to-pair.ts';
import { emptyPairState } from '../../functions/score/core/pair-state.ts';
import { RULE, transaction } from '../../functions/score/store/contract-cases.ts';
import { inOrder } from '../../test/oracle/oracle.ts';
import { PairStart } from './pair-start.ts';

const rule: Rule = { ...RULE, windowMs: 10, allowedLatenessMs: 5, thresholdMinor: 100 };

/** What score says about a pair, one line a fraud event, and its state at the end. */
function told(list: readonly Transaction[]): { events: string[]; total: bigint | undefined } {
  const state = emptyPairState();
  const events: string[] = [];
  for (const x of list) {
    const added = addToPair(state, x, rule);
    if (added.kind !== 'added') continue;
    for (const { openingId, sequence, totalMinor, transactionCount } of added.verdict.findings) {
      events.push(`${openingId} ${sequence} ${totalMinor} ${transactionCount}`);
    }
  }
  return { events, total: state.entries.at(-1)?.totalMinor };
}

function startOf(list: readonly Transaction[]): PairStart {
  const start = new PairStart(rule);
  list.forEach((x, i) => {
    start.add(x, { partition: i % 2, offset: BigInt(i), timestampMs: x.eventTimeMs });
  });
  return start;
}

const pairs = fc
  .array(fc.record({ gap: fc.nat(8), amount: fc.integer({ min: 0, max: 60 }) }), {
    ...{ minLength: 1, maxLength: 120, size: 'max' },
  })
  .map((steps) => {
    let t = 1000;
    return inOrder(
      steps.map(({ gap, amount }, i) => {
        t += gap;
        return transaction({ t, id: `s#${i}`, amount });
      }),
    );
  });

it('says nothing from where a pair begins again that was not said before, under the same names (D7, L3)', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const { fromMs } = startOf(list).start();
      const again = list.filter(({ eventTimeMs }) => eventTimeMs >= fromMs);
      const [whole, part] = [told(list), told(again)];
      expect(part.total).toBe(whole.total);
      expect(whole.events.slice(whole.events.length - part.events.length)).toEqual(part.events);
    }),
    { numRuns: 500 },
  );
});

it('begins late enough to be of use: not before what is calm and not asked for any more', () => {
  const calm = Array.from({ length: 300 }, (_, i) =>
    transaction({ t: i, id: `s#${i}`, amount: 1 }),
  );
  // Newest 299; 2 W + lateness before it 274; its window begins behind 264.
  expect(startOf(calm).start()).toEqual({
    fromMs: 265,
    offsets: new Map([
      [0, 266n],
      [1, 265n],
    ]),
  });
});

it('goes back to before an episode that goes on, however long that is', () => {
  const long = Array.from({ length: 300 }, (_, i) =>
    transaction({ t: i, id: `s#${i}`, amount: i < 20 ? 1 : 30 }),
  );
  expect(startOf(long).start().fromMs).toBeLessThan(20);
});

it('takes a repeated transaction once, and knows when the pair was last heard of', () => {
  const x = transaction({ t: 5, id: 's#1', amount: 90 });
  const start = startOf([x, x]);
  expect(start.newestRecordMs).toBe(5);
  expect(start.start().offsets).toEqual(new Map([[0, 0n]]));
});
