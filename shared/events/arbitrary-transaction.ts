import fc from 'fast-check';
import type { Fraud } from '#shared/domain/fraud.ts';
import { isAccount } from '#shared/domain/pair.ts';
import type { OutgoingTransaction } from './transaction-event.ts';

/**
 * What fast-check makes transactions and frauds of, in tests of every folder: all that S1 allows,
 * with accounts that try to steer keys, headers, paths, pages and scripts well represented.
 */
const HOSTILE_ACCOUNTS = [
  '__proto__',
  'constructor',
  'a:b',
  'a%3Ab',
  '{tag}',
  '../../etc',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "') DROP TABLE alerts --",
  'Ünïcödé 😀',
  '\u00a0',
  ' ',
  '0',
  '-1',
  'null',
];

export const accounts = fc.oneof(
  fc.constantFrom(...HOSTILE_ACCOUNTS),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }).filter(isAccount),
);

/** Event times from 1970 to 9999. */
export const eventTimes = fc.integer({ min: 0, max: 253_402_300_799_999 });

const sources = fc.constantFrom('/splitwatch/generate', 'https://bank.example/7?a=1#x', 'urn:x:y');
// No lone surrogate, no control character: what a CloudEvent's id may hold.
const eventIds = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]+$/u.test(text));

export const outgoingTransactions: fc.Arbitrary<OutgoingTransaction> = fc.record({
  source: sources,
  eventId: eventIds,
  eventTimeMs: eventTimes,
  origin: accounts,
  target: accounts,
  amountMinor: fc.oneof(fc.nat(), fc.maxSafeNat()),
  currency: fc.constantFrom('USD', 'EUR', 'INR'),
});

const members = fc.record({
  id: eventIds,
  eventTimeMs: eventTimes,
  amountMinor: fc.maxSafeNat(),
});

export const frauds: fc.Arbitrary<Fraud> = fc
  .record({
    alertId: fc.stringMatching(/^[0-9a-f]{32}$/),
    sequence: fc.integer({ min: 1, max: 1000 }),
    rule: fc.record({ id: fc.constant('pair-total'), version: fc.nat() }),
    pair: fc.record({ origin: accounts, target: accounts, currency: fc.constant('USD') }),
    firstTimeMs: eventTimes,
    lastTimeMs: eventTimes,
    totalMinor: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    thresholdMinor: fc.maxSafeNat(),
    windowMs: fc.integer({ min: 1, max: 86_400_000 }),
    transactions: fc.array(members, { maxLength: 5 }),
    hidden: fc.nat({ max: 3 }),
  })
  .map(({ hidden, ...fraud }) => ({
    ...fraud,
    transactionCount: Math.max(1, fraud.transactions.length + hidden),
    truncated: Math.max(1, fraud.transactions.length + hidden) > fraud.transactions.length,
  }));
