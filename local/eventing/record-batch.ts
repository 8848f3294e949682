import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { EventTexts } from './event-texts.ts';

/** Bounds of one batch; score's own (MAX_BATCH_EVENTS, MAX_BATCH_BYTES) unless set. */
export interface BatchBounds {
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  /** Batches in flight at once, of all partitions together; 3 unless set. */
  readonly maxInFlight?: number;
}

export const BATCH_BOUNDS = {
  maxEvents: 1000,
  maxBytes: 1024 * 1024,
  maxInFlight: 3,
} as const satisfies BatchBounds;

/** Records of one partition, in offset order, on their way together. */
export interface RecordBatch {
  readonly records: readonly StoredRecord[];
  /** The events as a JSON array; undefined for a record that has to go by itself. */
  readonly body: Buffer | undefined;
}

/**
 * The next batch from `start` on: as many records as the bounds allow, at least one. One that JSON
 * cannot tell, or that is too large for any batch, is alone.
 */
export function nextBatch(
  records: readonly StoredRecord[],
  start: number,
  texts: Pick<EventTexts, 'textOf'>,
  { maxEvents, maxBytes }: Required<Pick<BatchBounds, 'maxEvents' | 'maxBytes'>>,
): RecordBatch {
  const end = Math.min(records.length, start + maxEvents);
  let body = '[';
  let bytes = 2;
  let i = start;
  for (; i < end; i++) {
    const record = records[i] as StoredRecord;
    const text = textOrNone(texts, record);
    if (text === undefined) break;
    // All but the data is ASCII, and no character of the data has more bytes than it has there.
    bytes += text.length + 1 + (record.value?.length ?? 0);
    if (bytes > maxBytes) break;
    body += i === start ? text : `,${text}`;
  }
  if (i === start) return { records: [records[start] as StoredRecord], body: undefined };
  return { records: records.slice(start, i), body: Buffer.from(`${body}]`) };
}

/** What throws here throws again where one record is delivered, which knows what to do then. */
function textOrNone(texts: Pick<EventTexts, 'textOf'>, record: StoredRecord): string | undefined {
  try {
    return texts.textOf(record);
  } catch {
    return undefined;
  }
}
