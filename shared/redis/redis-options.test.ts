import { expect, test } from 'vitest';
import { reconnectDelayMs } from './redis-options.ts';

test('waits longer each time, at most 2 s, half of it by chance, and never gives up', () => {
  expect(reconnectDelayMs(0, 0)).toBe(25);
  expect(reconnectDelayMs(0, 1)).toBe(50);
  expect(reconnectDelayMs(3, 0.5)).toBe(300);
  expect(reconnectDelayMs(100_000, 1)).toBe(2_000);
});
