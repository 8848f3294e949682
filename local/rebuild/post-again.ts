import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { REBUILD_HEADER } from '#shared/journal/epoch.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { recordToEvent, type SourceName } from '../eventing/record-to-event.ts';
import { toBinaryRequest, type WireEvent } from '../eventing/wire-event.ts';
import { answerOf, bearer } from './answer-of.ts';

export interface PostAgainOptions {
  /** Score's or notify's event path. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Of the epoch that is being made; undefined where nothing was lost. */
  readonly rebuildId: string | undefined;
  readonly source: SourceName;
  readonly signal: AbortSignal;
}

/** What became of the records that were posted. */
export interface Posted {
  readonly accepted: number;
  /** Refused for good, as they were the first time: they are dead letters already. */
  readonly refused: number;
}

const TIMEOUT_MS = 30_000;
/** So long without one answer that is of use, and it is given up. */
const GIVE_UP_AFTER_MS = 120_000;
const RETRY_MS = 500;

/**
 * Posts records to score, in their order, as one batch, and again until they are taken.
 * @throws Error in words when that does not succeed for two minutes, or is not allowed.
 */
export function postBatchAgain(
  records: readonly StoredRecord[],
  options: PostAgainOptions,
): Promise<Posted> {
  const events = records.map((record) => batchItem(recordToEvent(record, options.source)));
  const headers = { 'content-type': BATCH_MEDIA_TYPE };
  return untilTaken(headers, Buffer.from(JSON.stringify(events)), options);
}

/** Posts one record as KafkaSource does. Rejects as `postBatchAgain`. */
export function postOneAgain(record: StoredRecord, options: PostAgainOptions): Promise<Posted> {
  const { headers, body } = toBinaryRequest(recordToEvent(record, options.source));
  return untilTaken(headers, body, options);
}

/** In base64, so that every byte of the data stays what it was. */
function batchItem({ attributes, contentType, data }: WireEvent): Record<string, unknown> {
  return {
    ...attributes,
    ...(contentType === undefined ? {} : { datacontenttype: contentType }),
    data_base64: data.toString('base64'),
  };
}

async function untilTaken(
  contentHeaders: Record<string, string>,
  body: Buffer,
  options: PostAgainOptions,
): Promise<Posted> {
  const { url, signal } = options;
  const headers = { ...contentHeaders, ...ownHeaders(options) };
  const endMs = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    signal.throwIfAborted();
    const answer = await answerOf(url, { method: 'POST', headers, body }, TIMEOUT_MS);
    if (answer.status === 200 || answer.status === 207) {
      const items = JSON.parse(answer.text) as readonly { readonly status?: unknown }[];
      const refused = items.filter(({ status }) => typeof status === 'number').length;
      return { accepted: items.length - refused, refused };
    }
    if (answer.status === 204) return { accepted: 1, refused: 0 };
    const isLasting = answer.status > 0 && answer.status < 500 && answer.status !== 429;
    if (isLasting || performance.now() > endMs) {
      throw new Error(`${url}: ${answer.status || 'no answer'} ${answer.text.slice(0, 300)}`);
    }
    await sleep(RETRY_MS);
  }
}

function ownHeaders({ token, rebuildId }: PostAgainOptions): Record<string, string> {
  return {
    ...bearer(token),
    ...(rebuildId === undefined ? {} : { [REBUILD_HEADER]: rebuildId }),
  };
}
