import { describe, expect, it } from 'vitest';
import { transaction } from './contract-cases.ts';
import { type Turn, Turns } from './turns.ts';

const verdict = { kind: 'counted', totalMinor: 0n, transactionCount: 1, findings: [] } as const;

function setUp(maxFlights = 2, maxTransactions = 10, isApart = false) {
  const flights: { turns: readonly Turn[]; end: () => void; fail: (error: Error) => void }[] = [];
  const turns = new Turns({
    take: (taken) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          for (const { waiting } of taken) for (const one of waiting) one.resolve(verdict);
          resolve();
        };
        flights.push({ turns: taken, end, fail: reject });
      }),
    isApart,
    maxFlights,
    maxTransactions,
    soon: setImmediate,
    elapsedMs: () => 0,
  });
  const add = (key: string, id: string) => turns.add(key, transaction({ t: 0, id, amount: 1 }));
  const ids = (index: number): string[][] | undefined =>
    flights[index]?.turns.map(({ waiting }) => waiting.map((one) => one.transaction.id));
  const comeBy = () => new Promise((resolve) => setImmediate(resolve));
  return { flights, add, ids, comeBy };
}

describe('turns', () => {
  it('take what comes at the same moment together, by pair and in its order', async () => {
    const { add, ids, comeBy } = setUp();
    for (const [key, id] of [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ] as const)
      void add(key, id);
    await comeBy();
    expect(ids(0)).toEqual([['1', '3'], ['2']]);
  });

  it('have a pair in one flight at a time', async () => {
    const { flights, add, ids, comeBy } = setUp();
    void add('a', '1');
    await comeBy();
    void add('a', '2');
    void add('b', '3');
    await comeBy();
    expect([ids(0), ids(1)]).toEqual([[['1']], [['3']]]);
    flights[1]?.end();
    await comeBy();
    expect(flights).toHaveLength(2);
    flights[0]?.end();
    await comeBy();
    await comeBy();
    expect(ids(2)).toEqual([['2']]);
  });

  it('gather while as many flights as may be are under way', async () => {
    const { flights, add, ids, comeBy } = setUp(1);
    void add('a', '1');
    await comeBy();
    for (const id of ['2', '3', '4']) {
      void add(`p${id}`, id);
      await comeBy();
    }
    expect(flights).toHaveLength(1);
    flights[0]?.end();
    await comeBy();
    await comeBy();
    expect(ids(1)).toEqual([['2'], ['3'], ['4']]);
  });

  it('take no more at once than they may, and forget nothing', async () => {
    const { flights, add, comeBy } = setUp(1, 3);
    const added = ['1', '2', '3', '4', '5', '6', '7'].map((id) => add(id < '3' ? 'a' : 'b', id));
    for (let i = 0; i < 3; i++) {
      await comeBy();
      await comeBy();
      flights[i]?.end();
    }
    expect(await Promise.all(added)).toHaveLength(7);
    const taken = flights.map(({ turns }) => turns.flatMap(({ waiting }) => waiting).length);
    expect(taken).toEqual([3, 3, 1]);
  });

  it('reject what a failed flight has left, and go on', async () => {
    const { flights, add, comeBy } = setUp(1);
    const lost = add('a', '1');
    await comeBy();
    const behind = add('a', '1b');
    flights[0]?.fail(new Error('away'));
    await expect(lost).rejects.toThrow('away');
    await expect(behind).rejects.toThrow('away'); // else it would come before the other
    const next = add('a', '2');
    await comeBy();
    await comeBy();
    flights[1]?.end();
    expect(await next).toBe(verdict);
  });

  it('may be taken apart, and fail apart', async () => {
    const { flights, add, comeBy } = setUp(1, 10, true);
    const added = [add('a', '1'), add('b', '2')];
    await comeBy();
    expect(flights).toHaveLength(2);
    flights[0]?.fail(new Error('away'));
    flights[1]?.end();
    await expect(added[0]).rejects.toThrow('away');
    expect(await added[1]).toBe(verdict);
  });
});
