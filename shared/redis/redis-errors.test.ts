import { ErrorReply, SocketClosedUnexpectedlyError } from '@redis/client';
import { describe, expect, test } from 'vitest';
import { AppError, toAppError } from '#shared/errors.ts';
import {
  fromRedis,
  isDemoted,
  isHopeless,
  isMisconfigured,
  isUntrusted,
  messageOf,
} from './redis-errors.ts';

describe('what a failed call means', () => {
  test.each([
    'LOADING Redis is loading the dataset in memory',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'BUSY Redis is busy running a script.',
    'NOAUTH Authentication required.',
    'ERR max number of clients reached',
    "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory > 'maxmemory'.",
  ])('is state, to be tried again (H): %s', (message) => {
    const error = toAppError(fromRedis(new ErrorReply(message)));
    expect(error).toMatchObject({ code: 'state', retryable: true, status: 503 });
  });

  test.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR user_script:1: attempt to index a nil value',
  ])('is a defect of ours: %s', (message) => {
    expect(toAppError(fromRedis(new ErrorReply(message))).code).toBe('internal');
  });

  test('says how a cluster is to be named where it was named as one server', () => {
    const error = toAppError(fromRedis(new ErrorReply('MOVED 866 127.0.0.1:7001')));
    expect(error).toMatchObject({ code: 'state', retryable: true });
    expect(error.message).toContain('redis+cluster://');
  });

  test('is state when the connection went away', () => {
    expect(fromRedis(new SocketClosedUnexpectedlyError())).toBeInstanceOf(AppError);
    expect(toAppError(fromRedis(new SocketClosedUnexpectedlyError())).code).toBe('state');
  });

  test('passes a programmer’s error and a made AppError as they are', () => {
    const wrong = new TypeError('undefined is not a function');
    const made = new AppError('state', 'slow');
    expect(fromRedis(wrong)).toBe(wrong);
    expect(fromRedis(made)).toBe(made);
  });
});

test('tells a wrong password and a wrong database from a Redis that is starting', () => {
  expect(isMisconfigured(new ErrorReply('WRONGPASS invalid username-password pair'))).toBe(true);
  expect(isMisconfigured(new ErrorReply('ERR DB index is out of range'))).toBe(true);
  const noCluster = 'ERR This instance has cluster support disabled';
  expect(isMisconfigured(new ErrorReply(noCluster))).toBe(true);
  expect(isMisconfigured(new ErrorReply('LOADING Redis is loading'))).toBe(false);
  expect(isMisconfigured(new Error('connect ECONNREFUSED'))).toBe(false);
});

test('knows a server that has become a replica, also from within a script', () => {
  const inScript =
    "ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write against a read only replica.";
  expect(isDemoted(new ErrorReply("READONLY You can't write."))).toBe(true);
  expect(isDemoted(new ErrorReply(inScript))).toBe(true);
  expect(isDemoted(new ErrorReply('MASTERDOWN Link with MASTER is down'))).toBe(true);
  expect(isDemoted(new ErrorReply('OOM command not allowed'))).toBe(false);
  expect(isDemoted(new Error('READONLY'))).toBe(false);
});

test('finds words for an error that has only a code', () => {
  expect(messageOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
});

test('takes a certificate that is not to be believed for hopeless, a broken connection not', () => {
  const failed = (code: string) => Object.assign(new Error('x'), { code });
  for (const code of [
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_GET_ISSUER_CERT',
  ]) {
    expect(isUntrusted(failed(code)), code).toBe(true);
    expect(isHopeless(failed(code)), code).toBe(true);
  }
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ENOTFOUND']) {
    expect(isHopeless(failed(code)), code).toBe(false);
  }
  expect(isUntrusted('CERT_HAS_EXPIRED')).toBe(false);
});
