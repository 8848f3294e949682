import { describe, expect, it } from 'vitest';
import { createKeySpace } from './key-space.ts';

const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const textOf = (reply: unknown): string => Buffer.from(reply as Uint8Array).toString();

describe('simulated keys', () => {
  it('expire by the clock', () => {
    let nowMs = 0;
    const keys = createKeySpace(() => nowMs);
    keys.call('SET', bytes('a', 'one', 'PX', '100'));
    nowMs = 99;
    expect(textOf(keys.call('GET', bytes('a')))).toBe('one');
    nowMs = 100;
    expect(keys.call('GET', bytes('a'))).toBe(false);
  });

  it('come back as they were at a moment of the last seconds, strings and hashes', () => {
    let nowMs = 0;
    const keys = createKeySpace(() => nowMs);
    keys.call('SET', bytes('a', 'one', 'PX', '9999'));
    keys.call('HSET', bytes('h', 'x', '1', 'y', '2'));
    nowMs = 1_000;
    keys.call('SET', bytes('a', 'two', 'PX', '9999'));
    keys.call('HDEL', bytes('h', 'x'));
    keys.call('SET', bytes('new', 'three', 'PX', '9999'));
    keys.loseSince(999);
    expect(textOf(keys.call('GET', bytes('a')))).toBe('one');
    expect(textOf(keys.call('HGET', bytes('h', 'x')))).toBe('1');
    expect(keys.call('GET', bytes('new'))).toBe(false);
    keys.loseAll();
    expect(keys.call('GET', bytes('a'))).toBe(false);
  });

  it('refuse a command that our scripts are not known to use', () => {
    expect(() => createKeySpace(() => 0).call('FLUSHALL', [])).toThrow(/FLUSHALL/);
  });
});
