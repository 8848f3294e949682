import { expect, test } from 'vitest';
import { showUrl } from './client.ts';
import { reconnectDelayMs } from './redis-options.ts';

test('waits longer each time, at most 2 s, half of it by chance, and never gives up', () => {
  expect(reconnectDelayMs(0, 0)).toBe(25);
  expect(reconnectDelayMs(0, 1)).toBe(50);
  expect(reconnectDelayMs(3, 0.5)).toBe(300);
  expect(reconnectDelayMs(100_000, 1)).toBe(2_000);
});

test('shows an address without user and password (P)', () => {
  expect(showUrl('rediss://splitwatch:s3cret@redis.example:6380/2')).toBe(
    'rediss://redis.example:6380/2',
  );
  expect(showUrl('redis://:s3cret@127.0.0.1:6379')).toBe('redis://127.0.0.1:6379');
  expect(showUrl('s3cret')).not.toContain('s3cret');
});
