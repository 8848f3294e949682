import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError, toAppError } from '#shared/errors.ts';
import { placeInHeaders } from '#shared/events/cloud-event.ts';
import { refuseContentEncoding } from '#shared/events/content-encoding.ts';
import {
  type Decoded,
  type DecodeLimits,
  decodeTransactions,
} from '#shared/events/decode-transactions.ts';
import { type EventHeaders, singleHeader } from '#shared/events/event-headers.ts';
import { type Answer, jsonAnswer, refusal } from '#shared/http/answer.ts';
import { toProblem } from '#shared/http/problem.ts';
import { REBUILD_HEADER } from '#shared/journal/epoch.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import type { LogFailure } from './failure-log.ts';
import { inPairOrder } from './in-pair-order.ts';
import type { Journal } from './journal.ts';
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
  readonly journal: Pick<Journal, 'admit' | 'accepted' | 'refused'>;
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
  const { limits, makeId, journal, metrics, logFailure } = parts;
  const { elapsedMs = () => performance.now() } = parts;
  return async (headers, body, nowMs) => {
    try {
      refuseContentEncoding(headers);
      const decoded = decodeTransactions(headers, body, { limits, nowMs, makeId });
      const endMs = elapsedMs() + limits.requestTimeoutMs;
      const isOutOfTime = (): boolean => elapsedMs() > endMs;
      const rebuildId = singleHeader(headers, REBUILD_HEADER);
      const told = { isOutOfTime, rebuildId };
      if (decoded.kind === 'batch') {
        return asPreferred(await answerBatch(parts, decoded, told), headers);
      }
      const result = await scoreOne(parts, decoded.transaction, { ...told, place: decoded.place });
      if (result instanceof AppError) return refusal(result);
      const isWanted = decoded.isPlain || asksForJson(headers);
      return isWanted ? jsonAnswer(200, result) : { status: 204, headers: {} };
    } catch (thrown) {
      const error = toAppError(thrown);
      metrics.refused(error.code);
      logFailure(error, undefined);
      if (!error.retryable) journal.refused(placeInHeaders(headers));
      return refusal(error);
    }
  };
}

/** What a transaction comes with. */
interface Told {
  readonly isOutOfTime: () => boolean;
  /** Of what reads the topic again. */
  readonly rebuildId: string | undefined;
  readonly place?: RecordPlace | undefined;
}

/** The outcome, or why there is none. Notes, counts and logs; never rejects. */
async function scoreOne(
  parts: EventDoorParts,
  transaction: Transaction,
  { isOutOfTime, rebuildId, place }: Told,
): Promise<OutcomeJson | AppError> {
  const { score, rule, journal, metrics, logFailure } = parts;
  try {
    await journal.admit(place, rebuildId);
    const outcome = await score(transaction, isOutOfTime);
    if (outcome.kind === 'late') {
      journal.refused(place, { ...NOTHING_SUMMED, transaction, place });
      throw lateError(outcome.newestTimeMs, rule);
    }
    const { kind, totalMinor, transactionCount, alertId } = outcome;
    await journal.accepted({
      ...{ transaction, place, outcome: kind, totalMinor, transactionCount, alertId },
    });
    metrics.accepted(kind);
    return toOutcomeJson(transaction, outcome, rule);
  } catch (thrown) {
    const error = toAppError(thrown);
    metrics.refused(error.code);
    logFailure(error, transaction.id);
    return error;
  }
}

const NOTHING_SUMMED = {
  outcome: 'late',
  totalMinor: 0n,
  transactionCount: 0,
  alertId: undefined,
} as const;

/**
 * 200 when all items were accepted, 207 with a problem in the place of each refused one. When any
 * item may succeed later, that failure is the answer, and the rest is left alone: the batch is to
 * be sent again as a whole, which is safe, since what was accepted comes back as a duplicate.
 */
async function answerBatch(
  parts: EventDoorParts,
  { items, places }: Decoded & { kind: 'batch' },
  told: Told,
): Promise<Answer> {
  const { isOutOfTime } = told;
  for (const [index, item] of items.entries()) {
    if (!(item instanceof AppError)) continue;
    parts.metrics.refused(item.code);
    parts.journal.refused(places[index]);
  }
  let failure: AppError | undefined;
  const results = await inPairOrder(
    items,
    parts.limits.batchConcurrency,
    async (transaction, i) => {
      if (isOutOfTime()) failure ??= new AppError('state', 'no time was left for the whole batch');
      if (failure !== undefined) return failure;
      const result = await scoreOne(parts, transaction, { ...told, place: places[i] });
      if (result instanceof AppError && result.retryable) failure ??= result;
      return result;
    },
  );
  if (failure !== undefined) return refusal(failure);
  const isWhole = !results.some((result) => result instanceof AppError);
  return jsonAnswer(
    isWhole ? 200 : 207,
    results.map((result) => (result instanceof AppError ? toProblem(result) : result)),
  );
}

/** A batch of which nothing was refused needs no body where the sender prefers none (RFC 7240). */
function asPreferred(answer: Answer, headers: EventHeaders): Answer {
  if (answer.status !== 200 || headers.prefer !== 'return=minimal') return answer;
  return { status: 204, headers: { 'preference-applied': 'return=minimal' } };
}

/** True when `Accept` names application/json itself; that it takes anything is not asking. */
function asksForJson(headers: EventHeaders): boolean {
  const accept = Object.hasOwn(headers, 'accept') ? headers.accept : undefined;
  if (accept === undefined) return false;
  return String(accept)
    .split(',')
    .some((range) => /^\s*application\/json\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(range));
}
