import { expect, test } from 'vitest';
import { fraudOf } from '../fraud-examples.ts';
import { type Alert, HISTORY_MAX, overThresholdMinor, upsertAlert } from './alert.ts';

function opened(sequence: number): Alert {
  const result = upsertAlert(undefined, fraudOf({ sequence }), 10);
  if (result.kind === 'known') throw new Error('a first event is never known');
  return result.alert;
}

test('opens an alert with whatever sequence comes first (D5)', () => {
  expect(upsertAlert(undefined, fraudOf({ sequence: 3 }), 10)).toMatchObject({
    kind: 'new',
    alert: { firstReceivedMs: 10, receivedMs: 10, history: [{ sequence: 3 }] },
  });
});

test('takes an equal or a lower sequence as known (D5)', () => {
  expect(upsertAlert(opened(2), fraudOf({ sequence: 2 }), 20)).toEqual({ kind: 'known' });
  expect(upsertAlert(opened(2), fraudOf({ sequence: 1 }), 20)).toEqual({ kind: 'known' });
});

test('brings an alert up to date with a higher sequence and keeps when it opened (D5)', () => {
  expect(upsertAlert(opened(1), fraudOf({ sequence: 4 }), 20)).toMatchObject({
    kind: 'updated',
    alert: { firstReceivedMs: 10, receivedMs: 20, fraud: { sequence: 4 } },
  });
});

test('keeps the newest steps of a long history', () => {
  let alert = opened(1);
  for (let sequence = 2; sequence <= HISTORY_MAX + 5; sequence++) {
    const result = upsertAlert(alert, fraudOf({ sequence }), sequence);
    if (result.kind !== 'known') alert = result.alert;
  }
  expect(alert.history).toHaveLength(HISTORY_MAX);
  expect(alert.history.at(-1)?.sequence).toBe(HISTORY_MAX + 5);
});

test('says by how much a total is over its threshold', () => {
  expect(overThresholdMinor(fraudOf({ totalMinor: 1_000_001n }))).toBe(1n);
  expect(overThresholdMinor(fraudOf({ totalMinor: 5n }))).toBe(0n);
});
