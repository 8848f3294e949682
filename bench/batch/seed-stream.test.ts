import { expect, it } from 'vitest';
import { seedStream } from './seed-stream.ts';

it('is the same each time, in the form that the seeds write', () => {
  const [first, second] = [[...seedStream(2001)], [...seedStream(2001)]];
  expect(first).toEqual(second);
  expect(first[0]?.line).toMatch(/^Sunday, 23-Jul-17 00:00:00 UTC;\d+;\d+;\d+$/);
  expect(first[2000]?.line).toMatch(/^Sunday, 23-Jul-17 00:00:02 UTC;/);
  const [, origin, target] = first[7]?.line.split(';') ?? [];
  expect(first[7]?.key).toBe(`${origin}_${target}`);
});

it('has nobody pay to themselves', () => {
  const pairs = [...seedStream(5000)].map(({ key }) => key.split('_'));
  expect(pairs.filter(([origin, target]) => origin === target)).toEqual([]);
});
