/** Where in its topic a transaction was read: its Kafka coordinates. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: number;
}

/** The extensions that KafkaSource sets on every event (facts 1). */
export const PARTITION_EXTENSION = 'knativekafkapartition';
export const OFFSET_EXTENSION = 'knativekafkaoffset';

const WHOLE = /^\d{1,16}$/;

/** The place that the texts of an event's two extensions name; undefined when they name none. */
export function recordPlace(partition: unknown, offset: unknown): RecordPlace | undefined {
  const [p, o] = [wholeNumber(partition), wholeNumber(offset)];
  return p === undefined || o === undefined || p > 0x7fffffff
    ? undefined
    : { partition: p, offset: o };
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}
