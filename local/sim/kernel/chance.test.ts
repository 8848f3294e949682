import { describe, expect, it } from 'vitest';
import { createChance } from './chance.ts';

describe('chance that hangs on a name', () => {
  it('is the same for the same seed and name, whatever else was drawn', () => {
    const chance = createChance(7);
    const first = chance.fraction('a');
    chance.fraction('b');
    expect(chance.fraction('a')).toBe(first);
    expect(createChance(7).fraction('a')).toBe(first);
    expect(createChance(8).fraction('a')).not.toBe(first);
    expect(createChance(7 + 2 ** 32).fraction('a')).not.toBe(first);
  });

  it('fills 0 to 1 evenly, also with names that differ in their last digit', () => {
    const chance = createChance(1);
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 50_000; i++) {
      const bucket = Math.floor(chance.fraction(`add /sim#tx-${i} #1`) * 10);
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 5_000)).toBeLessThan(350);
  });

  it('draws whole numbers with both ends included', () => {
    const chance = createChance(3);
    const drawn = new Set(Array.from({ length: 200 }, (_, i) => chance.between(`${i}`, 2, 4)));
    expect([...drawn].sort()).toEqual([2, 3, 4]);
  });
});
