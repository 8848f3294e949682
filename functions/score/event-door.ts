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
import { collectHeaders, type EventHeaders, singleHeader } from '#shared/events/event-headers.ts';
import { readPlainEvent } from '#shared/events/plain-event.ts';
import { type Answer, jsonAnswer, refusal } from '#shared/http/answer.ts';
import { toProblem } from '#shared/http/problem.ts';
import { REBUILD_HEADER } from '#shared/journal/epoch.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import type { LogFailure } from './failure-log.ts';
import type { Journal } from './journal.ts';
import { type AcceptedOutcome, lateError, toOutcomeJson } from './outcome-json.ts';
import type { Score } from './score.ts';
import type { ScoreMetrics } from './score-metrics.ts';

/** Answers one request of the event path whose body has come. Never rejects. */
export type EventDoor = (
  rawHeaders: readonly string[],
  body: Buffer,
  nowMs: number,
) => Promise<Answer>;

/** Bounds of reading and scoring (P). */
export interface EventDoorLimits extends DecodeLimits {
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
  const { limits } = parts;
  const { elapsedMs = () => performance.now() } = parts;
  const clockFrom = (): (() => boolean) => {
    const endMs = elapsedMs() + limits.requestTimeoutMs;
    return () => elapsedMs() > endMs;
  };
  return async (rawHeaders, body, nowMs) => {
    const plain = readPlainEvent(rawHeaders, body, { limits, nowMs });
    if (plain === undefined) return answerAny(parts, rawHeaders, body, nowMs, clockFrom());
    const { transaction, place } = plain;
    const told = { isOutOfTime: clockFrom(), rebuildId: undefined, place };
    const result = await scoreOne(parts, transaction, told);
    return result instanceof AppError ? refusal(result) : ACCEPTED;
  };
}

const ACCEPTED: Answer = { status: 204, headers: {} };

/** Whatever the short way does not take: all forms of S4, and all that is refused. */
async function answerAny(
  parts: EventDoorParts,
  rawHeaders: readonly string[],
  body: Buffer,
  nowMs: number,
  isOutOfTime: () => boolean,
): Promise<Answer> {
  const { limits, makeId, journal, metrics, logFailure, rule } = parts;
  const headers = collectHeaders(rawHeaders);
  try {
    refuseContentEncoding(headers);
    const decoded = decodeTransactions(headers, body, { limits, nowMs, makeId });
    const rebuildId = singleHeader(headers, REBUILD_HEADER);
    const told = { isOutOfTime, rebuildId };
    if (decoded.kind === 'batch') {
      return await answerBatch(parts, decoded, told, prefersMinimal(headers));
    }
    const { transaction, place } = decoded;
    const result = await scoreOne(parts, transaction, { ...told, place });
    if (result instanceof AppError) return refusal(result);
    const isWanted = decoded.isPlain || asksForJson(headers);
    return isWanted ? jsonAnswer(200, toOutcomeJson(transaction, result, rule)) : ACCEPTED;
  } catch (thrown) {
    const error = toAppError(thrown);
    metrics.refused(error.code);
    logFailure(error, undefined);
    if (!error.retryable) journal.refused(placeInHeaders(headers));
    return refusal(error);
  }
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
): Promise<AcceptedOutcome | AppError> {
  const { score, rule, journal, metrics, logFailure } = parts;
  try {
    const admitting = journal.admit(place, rebuildId);
    if (admitting !== undefined) await admitting;
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
    return outcome;
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
 * item may succeed later, that failure is the answer: the batch is to be sent again as a whole,
 * which is safe, since what was accepted comes back as a duplicate. All items begin at once; those
 * of one pair are decided in their order, which the store keeps.
 */
async function answerBatch(
  parts: EventDoorParts,
  { items, places }: Decoded & { kind: 'batch' },
  told: Told,
  isMinimal: boolean,
): Promise<Answer> {
  const results = await Promise.all(
    items.map((item, index) => {
      const place = places[index];
      if (!(item instanceof AppError)) return scoreOne(parts, item, { ...told, place });
      parts.metrics.refused(item.code);
      parts.journal.refused(place);
      return item;
    }),
  );
  const errors = results.filter((result) => result instanceof AppError);
  const failure = errors.find(({ retryable }) => retryable);
  if (failure !== undefined) return refusal(failure);
  if (errors.length === 0 && isMinimal) return MINIMAL;
  return jsonAnswer(
    errors.length === 0 ? 200 : 207,
    results.map((result, i) =>
      result instanceof AppError
        ? toProblem(result)
        : toOutcomeJson(items[i] as Transaction, result, parts.rule),
    ),
  );
}

const MINIMAL: Answer = { status: 204, headers: { 'preference-applied': 'return=minimal' } };

/** A batch of which nothing was refused needs no body where the sender prefers none (RFC 7240). */
function prefersMinimal(headers: EventHeaders): boolean {
  return headers.prefer === 'return=minimal';
}

/** True when `Accept` names application/json itself; that it takes anything is not asking. */
function asksForJson(headers: EventHeaders): boolean {
  const accept = Object.hasOwn(headers, 'accept') ? headers.accept : undefined;
  if (accept === undefined) return false;
  return String(accept)
    .split(',')
    .some((range) => /^\s*application\/json\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(range));
}
