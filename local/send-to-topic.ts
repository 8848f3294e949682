import { randomUUID } from 'node:crypto';
import { pairKey } from '#shared/domain/pair.ts';
import { AppError } from '#shared/errors.ts';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import { POST_SOURCE } from '#shared/events/event-types.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import { toProblem } from '#shared/http/problem.ts';
import type { TopicWriter } from '#shared/kafka/topic.ts';
import type { SendResult } from './send-to-score.ts';
import { mediaTypeOf } from './transaction-text.ts';

/**
 * Writes one line, JSON object or CloudEvent (S4) to a topic as a transaction event (W1), if it is
 * a good one. With an `id` of its own it is the same transaction as when it is posted to score with
 * it.
 * @throws AppError `topic` when the brokers do not take it.
 */
export async function sendToTopic(
  text: string,
  { writer, topic, nowMs }: { writer: TopicWriter; topic: string; nowMs: number },
): Promise<SendResult> {
  const eventId = givenId(text) ?? randomUUID();
  try {
    const headers = { 'content-type': mediaTypeOf(text) };
    const decoded = decodeTransactions(headers, Buffer.from(text.trim()), {
      limits: DECODE_LIMITS,
      nowMs,
      makeId: () => eventId,
    });
    if (decoded.kind === 'batch') throw new AppError('malformed', 'a batch is not read here');
    const { transaction } = decoded;
    const key = pairKey(transaction);
    const isEvent = headers['content-type'].startsWith('application/cloudevents');
    const record = isEvent
      ? { key, headers, value: Buffer.from(text.trim()) }
      : encodeTransactionRecord({ ...transaction, source: POST_SOURCE, eventId });
    await writer.write(topic, [record]);
    return {
      isAccepted: true,
      summary: `written: ${key} to ${topic}`,
      json: { topic, key, eventId },
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    const summary = `refused (${error.status} ${error.code}): ${error.message}`;
    return { isAccepted: false, summary, json: toProblem(error) };
  }
}

/** The `id` of a JSON object, where it has one that is text. */
function givenId(text: string): string | undefined {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
