import { expect, it } from 'vitest';
import { Gather } from './gather.ts';

function setUp() {
  const calls: { items: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const gather = new Gather<string>(
    (items) =>
      new Promise<void>((resolve, reject) => {
        calls.push({ items, end: resolve, fail: reject });
      }),
  );
  const comeBy = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { calls, gather, comeBy };
}

it('makes one call of what comes at the same moment', async () => {
  const { calls, gather, comeBy } = setUp();
  const added = ['a', 'b', 'c'].map((item) => gather.add(item));
  expect(calls).toEqual([]);
  await comeBy();
  expect(calls.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  calls[0]?.end();
  await Promise.all(added);
});

it('begins the next call when the last one has ended, with all that came meanwhile', async () => {
  const { calls, gather, comeBy } = setUp();
  const first = gather.add('a');
  await comeBy();
  const next = [gather.add('b')];
  await comeBy();
  next.push(gather.add('c'));
  await comeBy();
  expect(calls).toHaveLength(1);
  calls[0]?.end();
  await first;
  await comeBy();
  expect(calls[1]?.items).toEqual(['b', 'c']);
  calls[1]?.end();
  await Promise.all(next);
});

it('tells those of a failed call, and nobody else', async () => {
  const { calls, gather, comeBy } = setUp();
  const failed = [gather.add('a'), gather.add('b')];
  await comeBy();
  const next = gather.add('c');
  calls[0]?.fail(new Error('away'));
  for (const one of failed) await expect(one).rejects.toThrow('away');
  await comeBy();
  calls[1]?.end();
  await next;
});
