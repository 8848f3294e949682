import type { Batch, IHeaders, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from './topic.ts';

/** A record as kafkajs delivers it, in the words of the port. */
export function toStoredRecord(
  { topic, partition }: Pick<Batch, 'topic' | 'partition'>,
  message: KafkaMessage,
): StoredRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers: toHeaders(message.headers ?? {}),
    timestampMs: Number(message.timestamp),
  };
}

/** Names in lower case, values as text; the last wins where a name is repeated. */
function toHeaders(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    texts[name.toLowerCase()] = last === undefined ? '' : last.toString();
  }
  return texts;
}
