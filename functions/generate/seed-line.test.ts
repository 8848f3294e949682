import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { encodeSeedLine } from './seed-line.ts';

test('writes the line that the seeds show (S4)', () => {
  const eventTimeMs = Date.UTC(2017, 6, 23, 1, 6, 47);
  const line = encodeSeedLine({ eventTimeMs, origin: '66', target: '26', amountMinor: 781_000 });
  expect(line).toBe('Sunday, 23-Jul-17 01:06:47 UTC;66;26;7810');
});

test('is read back by the decoder, whole seconds and cents (S4)', () => {
  const times = fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2099, 0) / 1000 });
  fc.assert(
    fc.property(times, fc.maxSafeNat(), (seconds, amountMinor) => {
      const transaction = { eventTimeMs: seconds * 1000, origin: '1', target: '2', amountMinor };
      const body = Buffer.from(encodeSeedLine(transaction));
      const options = { limits: { ...DECODE_LIMITS, maxFutureMs: 0 }, nowMs: 0, makeId: () => 'x' };
      const decoded = decodeTransactions({ 'content-type': 'text/plain' }, body, options);
      expect(decoded).toMatchObject({ kind: 'one', transaction });
    }),
  );
});
