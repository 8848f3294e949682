import { describe, expect, it } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { AppError } from '#shared/errors.ts';
import type { FraudSink } from './fraud-sink.ts';
import { createScore, type Score } from './score.ts';
import { RULE, transaction } from './store/contract-cases.ts';
import { createMemoryJournal } from './store/memory-journal.ts';
import { createMemoryTotalsStore } from './store/memory-store.ts';
import type { TotalsStore } from './totals-store.ts';

/** A sink that fails as often as it is told to, and keeps what it took. */
function sinkThatFails(times: number) {
  const taken: Fraud[] = [];
  let left = times;
  return {
    taken,
    send: async (fraud: Fraud) => {
      if (left-- > 0) throw new AppError('sink', 'away');
      taken.push(fraud);
    },
  };
}

const scoreWith = (store: TotalsStore, sink: FraudSink): Score => {
  const journal = createMemoryJournal({ now: () => 0, receiptsLifeMs: 0 });
  return createScore({ store, sink, journal, rule: RULE });
};
const [first, second] = [60, 70].map((amount, t) => transaction({ t, id: `s#${t}`, amount }));
if (first === undefined || second === undefined) throw new Error('no cases');

describe('score', () => {
  it('answers a crossing only when its fraud event is accepted (L1)', async () => {
    const sink = sinkThatFails(1);
    const score = scoreWith(createMemoryTotalsStore({ rule: RULE }), sink);
    await score(first);
    await expect(score(second)).rejects.toMatchObject({ code: 'sink', retryable: true });
    expect(sink.taken).toEqual([]);
    const again = await score(second);
    expect(again).toMatchObject({ kind: 'duplicate', totalMinor: 130n, transactionCount: 2 });
    expect(sink.taken).toHaveLength(1);
  });

  it('marks the fraud event of a probe as one', async () => {
    const sink = sinkThatFails(0);
    const score = scoreWith(createMemoryTotalsStore({ rule: RULE }), sink);
    for (const one of [first, second]) await score({ ...one, isProbe: true });
    expect(sink.taken.map(({ isProbe }) => isProbe)).toEqual([true]);
  });

  it('says in the fraud event what crossed, when, and by how much (D6)', async () => {
    const sink = sinkThatFails(0);
    const score = scoreWith(createMemoryTotalsStore({ rule: RULE }), sink);
    await score(first);
    const outcome = await score(second);
    expect(sink.taken).toEqual([
      {
        alertId: outcome.kind === 'late' ? '' : outcome.alertId,
        sequence: 1,
        rule: { id: 'pair-total', version: 1 },
        pair: { origin: 'a', target: 'b', currency: 'USD' },
        firstTimeMs: 0,
        lastTimeMs: 1,
        totalMinor: 130n,
        thresholdMinor: 100,
        windowMs: 60_000,
        transactionCount: 2,
        truncated: false,
        transactions: [
          { id: 's#0', eventTimeMs: 0, amountMinor: 60 },
          { id: 's#1', eventTimeMs: 1, amountMinor: 70 },
        ],
      },
    ]);
  });

  it('gives the same alert ids on another machine (D7)', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const sink = sinkThatFails(0);
        const store = createMemoryTotalsStore({ rule: RULE });
        const score = scoreWith(store, sink);
        await score(first);
        await score(second);
        return sink.taken[0]?.alertId;
      }),
    );
    // printf '["pair-total",1,"USD","a","b","s#1"]' | sha256sum
    expect(ids[0]).toBe('8422f8887441b0a52d2f2931aba3a6d8');
    expect(ids[1]).toBe(ids[0]);
  });

  it('sends the same fraud event again for a duplicate, with the same id and sequence (O3)', async () => {
    const sink = sinkThatFails(0);
    const score = scoreWith(createMemoryTotalsStore({ rule: RULE }), sink);
    await score(first);
    await score(second);
    await score(second);
    expect(sink.taken).toHaveLength(2);
    expect(sink.taken[1]).toEqual(sink.taken[0]);
  });
});
