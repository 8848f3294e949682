import { expect, test } from 'vitest';
import { createTokenCheck } from './bearer-token.ts';

const check = createTokenCheck('s3cret');

test('lets the right token in, the scheme in any case (P)', () => {
  for (const header of ['Bearer s3cret', 'bearer s3cret', 'BEARER  s3cret ']) {
    expect(() => check(header)).not.toThrow();
  }
});

test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic czNjcmV0', 's3cret', 'Bearers3cret'])(
  'refuses %j as unauthorized (H)',
  (header) => {
    expect(() => check(header)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  },
);

test.each(['Bearer s3cre', 'Bearer s3cret2', 'Bearer S3CRET', 'Bearer é'])(
  'refuses %j as forbidden (H)',
  (header) => {
    expect(() => check(header)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  },
);

test('lets everything in when there is no token', () => {
  expect(() => createTokenCheck(undefined)(undefined)).not.toThrow();
});
