import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { Mark } from '#shared/journal/offset-marks.ts';
import { RULE, transaction } from '../../functions/score/store/contract-cases.ts';
import { createMemoryTotalsStore } from '../../functions/score/store/memory-store.ts';
import type { PairTotal } from '../../functions/score/totals-store.ts';
import { differenceOf } from './compare-totals.ts';
import { SecondLook } from './look-again.ts';
import { nameOfPair } from './pair-totals.ts';

/** In the allowed lateness, so that nothing is refused, and all of it in one window. */
const T = 1_000;
const RULE_OF_ALL = { ...RULE, allowedLatenessMs: 60_000 };

async function redisOf(added: readonly Transaction[]): Promise<PairTotal | undefined> {
  const store = createMemoryTotalsStore({ rule: RULE_OF_ALL });
  for (const one of added) await store.add(one);
  return store.read({ origin: 'a', target: 'b', currency: 'USD' });
}

const NAME = nameOfPair({ origin: 'a', target: 'b', currency: 'USD' });

function look(
  redis: PairTotal | undefined,
  records: readonly (readonly [Transaction, Mark | undefined])[],
): ReturnType<SecondLook['result']> {
  const second = new SecondLook(new Map([[NAME, redis]]), RULE_OF_ALL);
  for (const [one, mark] of records) second.take(one, mark, 0);
  return second.result();
}

it('takes no total for wrong that holds what is not marked yet, or never will be (L1)', async () => {
  const kinds = fc.array(
    fc.record({
      t: fc.nat(50_000),
      amount: fc.nat(1000),
      kind: fc.constantFrom('accepted', 'refused', 'under way', 'added and not acknowledged'),
    }),
    { minLength: 1, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(kinds, async (all) => {
      const records = all.map(({ t, amount, kind }, i) => {
        const mark = kind === 'accepted' || kind === 'refused' ? kind : undefined;
        return { one: transaction({ t: T + t, amount, id: `x${i}` }), mark, kind } as const;
      });
      const isAdded = ({ kind }: { kind: string }) =>
        kind === 'accepted' || kind === 'added and not acknowledged';
      const redis = await redisOf(records.filter(isAdded).map(({ one }) => one));
      const { differing, untold } = look(
        redis,
        records.map(({ one, mark }) => [one, mark]),
      );
      expect({ differing, untold }).toEqual({ differing: [], untold: [] });
    }),
  );
});

const [a, b, c] = ['a', 'b', 'c'].map((id, i) => transaction({ t: T + i, amount: 100, id })) as [
  Transaction,
  Transaction,
  Transaction,
];

it.each<[string, readonly Transaction[], readonly (readonly [Transaction, Mark | undefined])[]]>([
  [
    'lacks what was accepted',
    [a],
    [
      [a, 'accepted'],
      [b, 'accepted'],
    ],
  ],
  [
    'has what the log has not',
    [a, b, c],
    [
      [a, 'accepted'],
      [b, 'accepted'],
    ],
  ],
  [
    'has what was refused',
    [a, b],
    [
      [a, 'accepted'],
      [b, 'refused'],
    ],
  ],
  [
    'has another amount',
    [a, { ...b, amountMinor: 101 }],
    [
      [a, 'accepted'],
      [b, 'accepted'],
    ],
  ],
  ['knows nothing of the pair', [], [[a, 'accepted']]],
])('takes a total for wrong that %s (L3)', async (_what, added, records) => {
  const redis = await redisOf(added);
  expect(look(redis, records).differing).toHaveLength(1);
});

it('takes a total for wrong that is a cent off, and says what only one side has', async () => {
  const redis = (await redisOf([a, c])) as PairTotal;
  const { differing } = look({ ...redis, totalMinor: 201n }, [
    [a, 'accepted'],
    [c, 'accepted'],
  ]);
  expect(differing).toHaveLength(1);
  const [log] = look(redis, [
    [a, 'accepted'],
    [b, 'accepted'],
  ]).differing;
  expect(differenceOf(log as NonNullable<typeof log>, redis)).toMatchObject({
    ...{ onlyInLog: ['b'], onlyInRedis: ['c'] },
    ...{ log: { totalMinor: 200n }, redis: { totalMinor: 200n, newestTimeMs: T + 2 } },
  });
});

it('does not judge a pair whose members are too many to be listed, where that matters', async () => {
  const redis = (await redisOf([a, b, c])) as PairTotal;
  const listed = { ...redis, members: redis.members.slice(-1) };
  const result = look(listed, [
    [a, undefined],
    [b, 'accepted'],
    [c, 'accepted'],
  ]);
  expect(result).toMatchObject({ differing: [], untold: [{ origin: 'a' }] });
  const sure = look({ ...listed, totalMinor: 1n }, [
    [a, 'accepted'],
    [b, 'accepted'],
    [c, 'accepted'],
  ]);
  expect(sure).toMatchObject({ differing: [{ totalMinor: 300n }], untold: [] });
});
