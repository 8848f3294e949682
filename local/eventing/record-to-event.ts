import type { StoredRecord } from '#shared/kafka/topic.ts';
import {
  isCloudEvent,
  isStructured,
  parseStructured,
  toBinaryRequest,
  type WireEvent,
  withExtensions,
} from './wire-event.ts';

/** Type of the event around a record that is none itself. */
export const PLAIN_TYPE = 'dev.knative.kafka.event';

/** The KafkaSource's own name, which the source attribute of plain records tells. */
export interface SourceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The CloudEvent that KafkaSource makes of a record: a record that is one (binary `ce_` headers, or
 * structured) keeps its own attributes; any other becomes a `dev.knative.kafka.event` around the
 * record's value. Every event tells the partition and offset that it came from. Total: each record
 * gives an event, and the same record the same event.
 *
 * Behaviour: knative-extensions/eventing-kafka-broker, KafkaSource v1.
 */
export function recordToEvent(record: StoredRecord, source: SourceName): WireEvent {
  const position = {
    knativekafkapartition: String(record.partition),
    knativekafkaoffset: String(record.offset),
  };
  return withExtensions(carriedEvent(record) ?? plainEvent(record, source), position);
}

/** The CloudEvent that the record itself is, as it stands there; undefined where it is none. */
export function carriedEvent(record: StoredRecord): WireEvent | undefined {
  return structuredEvent(record) ?? binaryEvent(record);
}

function structuredEvent(record: StoredRecord): WireEvent | undefined {
  if (!isStructured(record.headers['content-type']) || record.value === null) return undefined;
  return parseStructured(record.value);
}

function binaryEvent(record: StoredRecord): WireEvent | undefined {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(record.headers)) {
    if (name.startsWith('ce_')) attributes[name.slice(3)] = value;
  }
  const event = {
    attributes,
    contentType: record.headers['content-type'],
    data: record.value ?? Buffer.alloc(0),
  };
  return isCloudEvent(event) ? event : undefined;
}

/** The source attribute of plain records. */
export function sourceOf({ namespace, name }: SourceName, topic: string): string {
  return `/apis/v1/namespaces/${namespace}/kafkasources/${name}#${topic}`;
}

function plainEvent(record: StoredRecord, name: SourceName): WireEvent {
  const { partition, offset, topic, key, headers } = record;
  const attributes: Record<string, string> = {
    specversion: '1.0',
    type: PLAIN_TYPE,
    id: `partition:${partition}/offset:${offset}`,
    source: sourceOf(name, topic),
    subject: `partition:${partition}#${offset}`,
  };
  const time = timeOf(record.timestampMs);
  if (time !== undefined) attributes.time = time;
  if (key !== null) {
    attributes.key = key;
    attributes.partitionkey = key;
  }
  for (const [header, value] of Object.entries(headers)) {
    if (header !== 'content-type') attributes[extensionOf(header)] = value;
  }
  return {
    attributes,
    contentType: headers['content-type'],
    data: record.value ?? Buffer.alloc(0),
  };
}

/** The extension that a header of a plain record becomes. */
function extensionOf(header: string): string {
  return `kafkaheader${header.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
}

/** RFC 3339 knows the years 0 to 9999; whoever writes a record may give it any 64-bit timestamp. */
export function timeOf(timestampMs: number): string | undefined {
  const date = new Date(timestampMs);
  const year = date.getUTCFullYear(); // NaN where there is no such date
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined;
}

/** The event with nothing in it but the record's value and place: for a record that defies us. */
export function bareEvent(record: StoredRecord, source: SourceName): WireEvent {
  const { topic, partition, offset, value } = record;
  const bare = { topic, partition, offset, value, timestampMs: 0, key: null, headers: {} };
  return recordToEvent(bare, source);
}

/** Headers and body of the one POST that KafkaSource makes for an event: always binary mode. */
export function eventToPost(
  event: WireEvent,
  namespace: string,
): { headers: Record<string, string>; body: Buffer } {
  const { headers, body } = toBinaryRequest(event);
  return { headers: { ...headers, prefer: 'reply', 'kn-namespace': namespace }, body };
}
