import { describe, expect, it } from 'vitest';
import { createVirtualTime, timersOf } from './virtual-time.ts';

const HOUR_MS = 3_600_000;

describe('virtual time', () => {
  it('jumps to what is due next, and keeps the order of asking within an instant', async () => {
    const time = createVirtualTime(1_000);
    const done: string[] = [];
    const note = (name: string) => () => void done.push(`${name} at ${time.nowMs}`);
    time.after(HOUR_MS, note('last'));
    time.after(5, note('a'));
    time.after(5, note('b'));
    time.after(1, note('first'))();
    time.after(2, note('second'));
    await time.run(Number.POSITIVE_INFINITY, () => false);
    expect(done).toEqual([
      'second at 1002',
      'a at 1005',
      'b at 1005',
      `last at ${1_000 + HOUR_MS}`,
    ]);
  });

  it('stands still until all that can go on has gone on', async () => {
    const time = createVirtualTime(0);
    const seen: number[] = [];
    time.after(1, async () => {
      for (let i = 0; i < 50; i++) await undefined;
      seen.push(time.nowMs);
    });
    time.after(2, () => void seen.push(time.nowMs));
    await time.run(10, () => false);
    expect(seen).toEqual([1, 2]);
  });

  it('stops where it is told to', async () => {
    const time = createVirtualTime(0);
    let ticks = 0;
    timersOf(time, () => true).every(10, () => void ticks++);
    await time.run(35, () => false);
    expect(ticks).toBe(3);
    await time.run(1_000, () => ticks === 5);
    expect(ticks).toBe(5);
  });
});

describe('the timers of a simulated process', () => {
  it('reject a sleep whose signal aborts, at once', async () => {
    const time = createVirtualTime(0);
    const stopping = new AbortController();
    const slept = timersOf(time, () => true).sleep(100, stopping.signal);
    const outcome = slept.then(
      () => 'slept',
      () => `aborted at ${time.nowMs}`,
    );
    time.after(7, () => stopping.abort());
    await time.run(1_000, () => false);
    expect(await outcome).toBe('aborted at 7');
  });

  it('never fire once it has ended', async () => {
    const time = createVirtualTime(0);
    let isAlive = true;
    const fired: string[] = [];
    const timers = timersOf(time, () => isAlive);
    timers.every(10, () => void fired.push('every'));
    void timers.sleep(15, new AbortController().signal).then(() => fired.push('sleep'));
    time.after(12, () => {
      isAlive = false;
    });
    await time.run(100, () => false);
    expect(fired).toEqual(['every']);
  });
});
