import type { TopicRecord } from '#shared/kafka/topic.ts';
import { formatStructured, type WireEvent } from './wire-event.ts';

export type ContentMode = 'binary' | 'structured';

/**
 * The record that KafkaSink writes for an event: key from the extension `partitionkey`; binary mode
 * puts the attributes into `ce_` headers, structured mode the whole event into the value.
 */
export function eventToRecord(event: WireEvent, contentMode: ContentMode): TopicRecord {
  const key = event.attributes.partitionkey || null;
  if (contentMode === 'structured') {
    const headers = { 'content-type': 'application/cloudevents+json' };
    return { key, value: formatStructured(event), headers };
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.attributes)) headers[`ce_${name}`] = value;
  if (event.contentType !== undefined) headers['content-type'] = event.contentType;
  return { key, value: event.data, headers };
}
