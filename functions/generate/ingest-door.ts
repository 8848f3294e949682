import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import { type DecodeLimits, decodeTransactions } from '#shared/events/decode-transactions.ts';
import type { EventHeaders } from '#shared/events/event-headers.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { type Answer, jsonAnswer } from '#shared/http/answer.ts';
import { toProblem } from '#shared/http/problem.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';

/** Answers one `POST /transactions` whose body has come. */
export type IngestDoor = (headers: EventHeaders, body: Buffer, nowMs: number) => Promise<Answer>;

export interface IngestDoorParts {
  readonly write: (records: readonly TopicRecord[]) => Promise<void>;
  readonly limits: DecodeLimits;
  /** Makes the id of a plain post that has none. */
  readonly makeId: () => string;
  readonly ingested: (transactions: number) => void;
  readonly refused: (code: ErrorCode) => void;
}

/**
 * `POST /transactions`: every form of S4, refused as score refuses it (H), written to the topic as
 * W1. Answers when Kafka has it, with the id under which it will be known: 202 with
 * `{"transactionId"}`, for a batch an array in order, 207 when some were refused, with a problem in
 * the place of each. Sending again is safe for whatever came with an id.
 *
 * @throws AppError of the decoder, and `topic`.
 */
export function createIngestDoor(parts: IngestDoorParts): IngestDoor {
  const { write, limits, makeId } = parts;
  return async (headers, body, nowMs) => {
    const decoded = decodeTransactions(headers, body, { limits, nowMs, makeId });
    if (decoded.kind === 'one') {
      await write([toRecord(decoded.transaction)]);
      parts.ingested(1);
      return jsonAnswer(202, { transactionId: decoded.transaction.id });
    }
    const accepted = decoded.items.filter(
      (item): item is Transaction => !(item instanceof AppError),
    );
    if (accepted.length > 0) await write(accepted.map((item) => toRecord(item)));
    parts.ingested(accepted.length);
    const answers = decoded.items.map((item) => {
      if (!(item instanceof AppError)) return { transactionId: item.id };
      parts.refused(item.code);
      return toProblem(item);
    });
    return jsonAnswer(accepted.length === decoded.items.length ? 202 : 207, answers);
  };
}

function toRecord({ id, ...transaction }: Transaction): TopicRecord {
  return encodeTransactionRecord({ ...transaction, ...eventName(id) });
}

/** The two parts that `transactionId` joined: the last `#` is its own, others are in the source. */
function eventName(id: string): { source: string; eventId: string } {
  const end = id.lastIndexOf('#');
  const eventId = id
    .slice(end + 1)
    .replaceAll('%23', '#')
    .replaceAll('%25', '%');
  return { source: id.slice(0, end), eventId };
}
