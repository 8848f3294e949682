import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/errors.ts';

/**
 * A check of `Authorization: Bearer TOKEN` against the one right token; lets all pass when there is
 * none. Digests are compared, in constant time, so neither the token nor its length leaks (P).
 * The check throws AppError `unauthorized` without a bearer token, `forbidden` with a wrong one.
 */
export function createTokenCheck(
  token: string | undefined,
): (authorization: string | undefined) => void {
  if (token === undefined) return () => {};
  const right = digest(token);
  return (authorization) => {
    const match = /^Bearer +(\S+) *$/i.exec(authorization ?? '');
    const details = { field: 'authorization', expected: 'Bearer TOKEN' };
    if (match === null) {
      throw new AppError('unauthorized', 'authorization: expected a bearer token', details);
    }
    if (!timingSafeEqual(digest(match[1] as string), right)) {
      throw new AppError('forbidden', 'authorization: the token is not the right one', details);
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
