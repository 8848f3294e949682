import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSettledOffsets } from './settled-offsets.ts';

describe('settled offsets (L2)', () => {
  it('allow to commit only what is settled from the front', () => {
    const offsets = createSettledOffsets();
    for (const offset of [5n, 6n, 7n]) offsets.take(offset);
    expect(offsets.nextOffset).toBeUndefined();
    offsets.settle(7n);
    expect(offsets.nextOffset).toBeUndefined();
    offsets.settle(5n);
    expect(offsets.nextOffset).toBe(6n);
    offsets.settle(6n);
    expect(offsets.nextOffset).toBe(8n);
    expect(offsets.openCount).toBe(0);
  });

  it('step over gaps, as compaction leaves them', () => {
    const offsets = createSettledOffsets();
    offsets.take(1n);
    offsets.take(10n);
    offsets.settle(1n);
    expect(offsets.nextOffset).toBe(2n);
    offsets.settle(10n);
    expect(offsets.nextOffset).toBe(11n);
  });

  it('settle together what was taken together', () => {
    const offsets = createSettledOffsets();
    offsets.take(1n, 9n, 5);
    offsets.take(10n, 19n, 10);
    expect(offsets.openCount).toBe(15);
    offsets.settle(10n);
    expect(offsets).toMatchObject({ nextOffset: undefined, openCount: 15 });
    offsets.settle(1n);
    expect(offsets).toMatchObject({ nextOffset: 20n, openCount: 0 });
  });

  it('never allow to commit past a record that is open, in whatever order they settle', () => {
    const anyOrder = fc.shuffledSubarray(Array.from({ length: 30 }, (_, i) => BigInt(i)));
    fc.assert(
      fc.property(anyOrder, (settledOrder) => {
        const offsets = createSettledOffsets();
        for (let i = 0n; i < 30n; i++) offsets.take(i);
        const settled = new Set<bigint>();
        for (const offset of settledOrder) {
          offsets.settle(offset);
          settled.add(offset);
          let expected = 0n;
          while (settled.has(expected)) expected += 1n;
          expect(offsets.nextOffset ?? 0n).toBe(expected);
        }
      }),
    );
  });
});
