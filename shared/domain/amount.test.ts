import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMOUNT_MAX_MINOR, formatAmount, formatSeedAmount, parseAmount } from './amount.ts';

describe('an amount', () => {
  it.each([
    ['7810', 781_000],
    ['7810.5', 781_050],
    ['7810.05', 781_005],
    ['0', 0],
    ['0.00', 0],
    ['007', 700],
    ['90071992547409.91', AMOUNT_MAX_MINOR],
  ])('reads %s as minor units (S1)', (text, minor) => {
    expect(parseAmount(text)).toBe(minor);
  });

  it.each([
    '',
    ' 1',
    '-1',
    '+1',
    '1e3',
    '1,000',
    '1.234',
    '1.',
    '.5',
    '0x10',
    'NaN',
    '１',
    '90071992547409.92',
    '999999999999999',
  ])('refuses %j (S1)', (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (minor) => parseAmount(formatAmount(minor)) === minor));
  });

  it('writes totals beyond 2^53 exactly', () => {
    expect(formatAmount(3n * BigInt(AMOUNT_MAX_MINOR))).toBe('270215977642229.73');
  });

  it('prints whole dollars without decimals, as the seeds do', () => {
    expect([781_000, 781_050, 5].map(formatSeedAmount)).toEqual(['7810', '7810.50', '0.05']);
  });
});
