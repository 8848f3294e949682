import type { TopicRecord } from '#shared/kafka/topic.ts';
import { eventToRecord } from '../eventing/event-to-record.ts';
import type { Letter } from './letter.ts';

/** What delivery wrote onto the letter: where from, where to, and what the answer said. */
const ADDED = /^(?:knative.*|reason|detail)$/;

/**
 * The record that could not be delivered, as it was before that: to be written to its topic again.
 * It keeps its (source, id), also where KafkaSource made them of its place, so that it counts once
 * however often it is written (O3). Undefined where the letter holds no event.
 */
export function originalRecord({ event, record }: Letter): TopicRecord | undefined {
  if (event === undefined) return undefined;
  const kept = Object.entries(event.attributes).filter(([name]) => !ADDED.test(name));
  const original = eventToRecord({ ...event, attributes: Object.fromEntries(kept) }, 'binary');
  // A trace goes on: KafkaSource and KafkaSink carry it beside the event.
  const others = Object.entries(record.headers).filter(
    ([name]) => !name.startsWith('ce_') && name !== 'content-type',
  );
  return {
    key: original.key ?? record.key,
    value: original.value,
    headers: { ...Object.fromEntries(others), ...original.headers },
  };
}
