import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError, toAppError } from '#shared/errors.ts';
import { type DecodeLimits, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { type EventHeaders, singleHeader } from '#shared/events/event-headers.ts';
import { unreadable } from '#shared/events/refusals.ts';
import { type Answer, jsonAnswer, refusal } from '#shared/http/answer.ts';
import { toProblem } from '#shared/http/problem.ts';
import type { LogFailure } from './failure-log.ts';
import { inPairOrder } from './in-pair-order.ts';
import { lateError, type OutcomeJson, toOutcomeJson } from './outcome-json.ts';
import type { Score } from './score.ts';
import type { ScoreMetrics } from './score-metrics.ts';

/** Answers one request of the event path whose body has come. Never rejects. */
export type EventDoor = (headers: EventHeaders, body: Buffer, nowMs: number) => Promise<Answer>;

/** Bounds of reading and scoring (P). */
export interface EventDoorLimits extends DecodeLimits {
  /** Pairs of one batch that are scored side by side. */
  readonly batchConcurrency: number;
  /** Nothing new is begun for a request after so long; it is answered 503, to be sent again. */
  readonly requestTimeoutMs: number;
}

export interface EventDoorParts {
  readonly score: Score;
  readonly rule: Rule;
  readonly limits: EventDoorLimits;
  /** Makes the id of a plain post that has none. */
  readonly makeId: () => string;
  readonly metrics: Pick<ScoreMetrics, 'accepted' | 'refused'>;
  readonly logFailure: LogFailure;
  /** Milliseconds since some moment, never backwards; the machine's unless set. */
  readonly elapsedMs?: () => number;
}

/**
 * The event path of spec H as a function of headers, body and clock: bytes in, decision, answer
 * out. All that HTTP says about a transaction is decided here and in the table of shared/errors.ts.
 */
export function createEventDoor(parts: EventDoorParts): EventDoor {
  const { limits, makeId, metrics, logFailure } = parts;
  const { elapsedMs = () => performance.now() } = parts;
  return async (headers, body, nowMs) => {
    try {
      checkEncoding(headers);
      const decoded = decodeTransactions(headers, body, { limits, nowMs, makeId });
      const endMs = elapsedMs() + limits.requestTimeoutMs;
      const isOutOfTime = (): boolean => elapsedMs() > endMs;
      if (decoded.kind === 'batch') return answerBatch(parts, decoded.items, isOutOfTime);
      const result = await scoreOne(parts, decoded.transaction, isOutOfTime);
      if (result instanceof AppError) return refusal(result);
      const isWanted = decoded.isPlain || asksForJson(headers);
      return isWanted ? jsonAnswer(200, result) : { status: 204, headers: {} };
    } catch (thrown) {
      const error = toAppError(thrown);
      metrics.refused(error.code);
      logFailure(error, undefined);
      return refusal(error);
    }
  };
}

/** The outcome, or why there is none. Counts and logs; never rejects. */
async function scoreOne(
  parts: EventDoorParts,
  transaction: Transaction,
  isOutOfTime: () => boolean,
): Promise<OutcomeJson | AppError> {
  const { score, rule, metrics, logFailure } = parts;
  try {
    const outcome = await score(transaction, isOutOfTime);
    if (outcome.kind === 'late') throw lateError(outcome.newestTimeMs, rule);
    metrics.accepted(outcome.kind);
    return toOutcomeJson(transaction, outcome, rule);
  } catch (thrown) {
    const error = toAppError(thrown);
    metrics.refused(error.code);
    logFailure(error, transaction.id);
    return error;
  }
}

/**
 * 200 when all items were accepted, 207 with a problem in the place of each refused one. When any
 * item may succeed later, that failure is the answer, and the rest is left alone: the batch is to
 * be sent again as a whole, which is safe, since what was accepted comes back as a duplicate.
 */
async function answerBatch(
  parts: EventDoorParts,
  items: readonly (Transaction | AppError)[],
  isOutOfTime: () => boolean,
): Promise<Answer> {
  for (const item of items) if (item instanceof AppError) parts.metrics.refused(item.code);
  let failure: AppError | undefined;
  const results = await inPairOrder(items, parts.limits.batchConcurrency, async (transaction) => {
    if (isOutOfTime()) failure ??= new AppError('state', 'no time was left for the whole batch');
    if (failure !== undefined) return failure;
    const result = await scoreOne(parts, transaction, isOutOfTime);
    if (result instanceof AppError && result.retryable) failure ??= result;
    return result;
  });
  if (failure !== undefined) return refusal(failure);
  const isWhole = !results.some((result) => result instanceof AppError);
  return jsonAnswer(
    isWhole ? 200 : 207,
    results.map((result) => (result instanceof AppError ? toProblem(result) : result)),
  );
}

function checkEncoding(headers: EventHeaders): void {
  const encoding = singleHeader(headers, 'content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw unreadable('no content-encoding');
}

/** True when `Accept` names application/json itself; that it takes anything is not asking. */
function asksForJson(headers: EventHeaders): boolean {
  const accept = Object.hasOwn(headers, 'accept') ? headers.accept : undefined;
  if (accept === undefined) return false;
  return String(accept)
    .split(',')
    .some((range) => /^\s*application\/json\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(range));
}
