import { ErrorReply } from '@redis/client';
import { AppError } from '#shared/errors.ts';

/**
 * The one place that says what a failed Redis call means. Redis away, slow, full, loading or locked
 * out is `state`: 503, and the same call may succeed later. A reply that says that our script or
 * command is wrong (WRONGTYPE, a Lua error) is a defect of ours and passes as it is, to become
 * `internal`.
 */

/** First words of error replies that speak of the server's condition, not of our command. */
const CONDITIONS: ReadonlySet<string> = new Set([
  'LOADING',
  'OOM',
  'READONLY',
  'MISCONF',
  'NOREPLICAS',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'UNKILLABLE',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
]);

/** What only one who was named as a single server says: the client of a cluster follows it. */
const ELSEWHERE: ReadonlySet<string> = new Set(['MOVED', 'ASK']);

/**
 * What a server says that is no master any more: another one is, and our address may lead there.
 */
const DEMOTED: ReadonlySet<string> = new Set(['READONLY', 'MASTERDOWN']);

/** Conditions that waiting does not cure when they meet us at start. */
const MISCONFIGURED: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

// Before Redis 7 a script's error carries the condition inside:
// "ERR Error running script (call to f_…): @user_script:1: -OOM command not allowed …".
const IN_SCRIPT = /@user_script: ?\d+: -?([A-Z]+) /;

/** The first word of an error reply (its code), also where a script reports it. Never throws. */
export function replyCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof ErrorReply)) return undefined;
  return IN_SCRIPT.exec(thrown.message)?.[1] ?? /^[A-Z]+/.exec(thrown.message)?.[0];
}

/** The error to throw for a failed call: `state`, or the value itself where it is a defect. */
export function fromRedis(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const code = replyCode(thrown);
  if (code !== undefined) {
    if (ELSEWHERE.has(code)) {
      const cure = 'it is part of a Redis Cluster, to be named as redis+cluster://';
      return state(`Redis answers ${code}: ${cure}`, thrown);
    }
    if (CONDITIONS.has(code)) return state(`Redis answers ${code}`, thrown);
    if (/max number of clients/.test(messageOf(thrown))) {
      return state('Redis has no room for another client', thrown);
    }
    return thrown;
  }
  // What the client throws besides replies is about the connection. Programmers' errors are not.
  if (!(thrown instanceof Error) || thrown instanceof TypeError || thrown instanceof RangeError) {
    return thrown;
  }
  return state(`Redis is not reachable: ${messageOf(thrown)}`, thrown);
}

/** True when the server that answers has become a replica, also where a script reports it. */
export function isDemoted(thrown: unknown): boolean {
  return DEMOTED.has(replyCode(thrown) ?? '');
}

/**
 * True for an answer at start that no waiting cures: a wrong password, user or database, no
 * cluster.
 */
export function isMisconfigured(thrown: unknown): boolean {
  const code = replyCode(thrown);
  if (code === undefined) return false;
  return (
    MISCONFIGURED.has(code) || /AUTH|DB index|cluster support disabled/.test(messageOf(thrown))
  );
}

/** What TLS says of a certificate that is not to be believed; waiting does not cure that either. */
const UNTRUSTED =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID$)/;

/** True for an address that shows another certificate than one that we trust for it. */
export function isUntrusted(thrown: unknown): boolean {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && UNTRUSTED.test(code);
}

/** True for what no waiting at start cures. */
export function isHopeless(thrown: unknown): boolean {
  return isMisconfigured(thrown) || isUntrusted(thrown);
}

/** What went wrong in words; connection errors of several addresses have only a code. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = (thrown as NodeJS.ErrnoException).code;
  return thrown.message || code || thrown.name;
}

function state(detail: string, cause: unknown): AppError {
  return new AppError('state', detail, { cause });
}
