import {
  hasNoncharacter,
  isText,
  mediaTypeOf,
  type NaiveEvent,
  naiveBinary,
  naiveData,
  naiveStructured,
  only,
  type RawHeaders,
  refuse,
  textOf,
} from './naive-event.ts';
import { type Naive, naiveJson, Refused } from './naive-json.ts';
import { naiveAccount, naiveAmount, naiveCurrency, naiveTime } from './naive-values.ts';

/**
 * The forms of S4 read a second time, independently of the product's decoder: as slow and as plain
 * as the specification's words. What the product accepts must be accepted here, with the same
 * values, and what it refuses must be refused here.
 */
export interface NaiveTransaction {
  /** Undefined where the door makes one (S3). */
  readonly id: string | undefined;
  readonly eventTimeMs: number;
  readonly origin: string;
  readonly target: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly isProbe: boolean;
}

export type NaiveReading =
  | { readonly kind: 'one'; readonly isPlain: boolean; readonly transaction: NaiveTransaction }
  | { readonly kind: 'batch'; readonly items: readonly (NaiveTransaction | Refused)[] };

const MAX_DEPTH = 16;
const MAX_BATCH = 1000;
const MAX_ID_BYTES = 512;
const MAX_FUTURE_MS = 300_000;

/** @throws Refused where the request as a whole is none. */
export function readNaively(headers: RawHeaders, body: Buffer, nowMs: number): NaiveReading {
  const encoding = only(headers, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Refused('an encoding');
  const mediaType = mediaTypeOf(headers);
  if (mediaType === 'application/cloudevents-batch+json') {
    return { kind: 'batch', items: batch(textOf(body), nowMs) };
  }
  if (mediaType === 'application/cloudevents+json') {
    const event = naiveStructured(naiveJson(textOf(body), MAX_DEPTH), MAX_DEPTH);
    return { kind: 'one', isPlain: false, transaction: fromEvent(event, nowMs) };
  }
  if (headers.some(([name]) => name.toLowerCase().startsWith('ce-'))) {
    const event = naiveBinary(headers, body, MAX_DEPTH);
    return { kind: 'one', isPlain: false, transaction: fromEvent(event, nowMs) };
  }
  const data = naiveData(mediaType, textOf(body), MAX_DEPTH);
  const given = data instanceof Map ? (data.get('id') ?? null) : null;
  const isId = typeof given === 'string' && isText(given) && !hasNoncharacter(given);
  if (given !== null && !isId) throw new Refused('an id');
  const id = given === null ? undefined : naiveId('/splitwatch/post', given);
  return { kind: 'one', isPlain: true, transaction: transaction(id, data, false, nowMs) };
}

function batch(text: string, nowMs: number): (NaiveTransaction | Refused)[] {
  const values = naiveJson(text, MAX_DEPTH + 1);
  if (!Array.isArray(values) || !values.every((value) => value instanceof Map)) {
    throw new Refused('an array of objects');
  }
  if (values.length > MAX_BATCH) throw new Refused('a batch of at most 1,000');
  return values.map((value) => {
    try {
      return fromEvent(naiveStructured(value, MAX_DEPTH), nowMs);
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  });
}

/** Any type will do, but of ours only the transaction's. */
function fromEvent({ id, source, type, data, isMarked }: NaiveEvent, nowMs: number) {
  if (type.startsWith('io.splitwatch.') && type !== 'io.splitwatch.transaction.v1') {
    throw new Refused('a type of ours that is no transaction');
  }
  return transaction(naiveId(source, id), data, isMarked, nowMs);
}

function naiveId(source: string, eventId: string): string {
  const id = `${source}#${eventId.replaceAll('%', '%25').replaceAll('#', '%23')}`;
  if (new TextEncoder().encode(id).length > MAX_ID_BYTES) throw new Refused('an id so long');
  return id;
}

function transaction(
  id: string | undefined,
  data: Naive,
  isMarked: boolean,
  nowMs: number,
): NaiveTransaction {
  const fields = typeof data === 'string' ? fromLine(data) : fromObject(data);
  if (fields.eventTimeMs > nowMs + MAX_FUTURE_MS) throw new Refused('the future');
  return { id, ...fields, isProbe: isMarked && fields.origin === 'splitwatch-probe' };
}

function fromLine(line: string) {
  const whole = line.endsWith('\r\n') ? line.slice(0, -2) : line.replace(/\n$/, '');
  const [time, origin, target, amount = '', ...more] = whole.split(';');
  if (more.length > 0) throw new Refused('four fields');
  return {
    eventTimeMs: naiveTime(time),
    origin: naiveAccount(origin),
    target: naiveAccount(target),
    amountMinor: naiveAmount(amount),
    currency: 'USD',
  };
}

function fromObject(data: Naive) {
  if (!(data instanceof Map)) throw new Refused('an object');
  const amount = data.get('amount') ?? null;
  const digits = typeof amount === 'object' && amount !== null && 'number' in amount;
  const decimal = digits ? amount.number : amount;
  return {
    eventTimeMs: naiveTime(data.get('timestamp')),
    origin: naiveAccount(data.get('origin')),
    target: naiveAccount(data.get('target')),
    amountMinor: naiveAmount(typeof decimal === 'string' ? decimal : refuse('an amount')),
    currency: naiveCurrency(data.get('currency') ?? 'USD'),
  };
}
