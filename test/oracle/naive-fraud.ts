import {
  mediaTypeOf,
  naiveBinary,
  naiveStructured,
  only,
  type RawHeaders,
  refuse,
  textOf,
} from './naive-event.ts';
import { type Naive, type NaiveObject, naiveJson, Refused } from './naive-json.ts';
import { naiveAccount, naiveAmount, rfc3339Time } from './naive-values.ts';

/**
 * The fraud event of W2 read a second time, independently of the product: the values as the wire
 * has them, in the words of the wire.
 */
const MAX_DEPTH = 8;
const MAX_TEXT = 4096;

/** @throws Refused. */
export function readFraudNaively(headers: RawHeaders, body: Buffer) {
  const encoding = only(headers, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Refused('an encoding');
  const mediaType = mediaTypeOf(headers);
  if (!['none', 'application/json', 'application/cloudevents+json'].includes(mediaType)) {
    throw new Refused('a media type that is read');
  }
  const event =
    mediaType === 'application/cloudevents+json'
      ? naiveStructured(naiveJson(textOf(body), MAX_DEPTH), MAX_DEPTH)
      : naiveBinary(headers, body, MAX_DEPTH);
  if (event.type !== 'io.splitwatch.fraud.v1') throw new Refused('a fraud event');
  const fraud = fraudOf(object(event.data));
  if (event.id !== `${fraud.alertId}/${fraud.sequence}`) throw new Refused('ALERTID/SEQUENCE');
  return { ...fraud, isProbe: event.isMarked && fraud.pair.origin === 'splitwatch-probe' };
}

function fraudOf(data: NaiveObject) {
  const rule = object(data.get('rule'));
  const pair = object(data.get('pair'));
  const currency = text(pair.get('currency'));
  if (!/^[A-Z]{3}$/.test(currency)) throw new Refused('a currency');
  const listed = data.get('transactions');
  if (!Array.isArray(listed) || listed.length > 1000) throw new Refused('at most 1,000');
  const transactions = listed.map((item) => {
    const member = object(item);
    return {
      id: text(member.get('id')),
      eventTimeMs: time(member.get('timestamp')),
      amountMinor: naiveAmount(text(member.get('amount'))),
    };
  });
  const transactionCount = integer(data.get('transactionCount'), 1);
  const truncated = data.get('truncated');
  if (transactionCount < transactions.length) throw new Refused('no fewer than are listed');
  if (truncated !== transactionCount > transactions.length) throw new Refused('truncated');
  const total = text(data.get('total'));
  if (!/^[0-9]{1,24}[.][0-9]{2}$/.test(total)) throw new Refused('a total');
  return {
    alertId: text(data.get('alertId')),
    sequence: integer(data.get('sequence'), 1),
    rule: { id: text(rule.get('id')), version: integer(rule.get('version'), 0) },
    pair: {
      origin: naiveAccount(pair.get('origin')),
      target: naiveAccount(pair.get('target')),
      currency,
    },
    firstTimeMs: time(data.get('firstTimestamp')),
    lastTimeMs: time(data.get('lastTimestamp')),
    totalMinor: BigInt(total.replace('.', '')),
    thresholdMinor: naiveAmount(text(data.get('threshold'))),
    windowMs: integer(data.get('windowMs'), 1),
    ...{ transactionCount, truncated, transactions },
  };
}

function object(value: Naive | undefined): NaiveObject {
  return value instanceof Map ? value : refuse('an object');
}

function text(value: Naive | undefined): string {
  const isShort = typeof value === 'string' && value.length >= 1 && value.length <= MAX_TEXT;
  const isPlain = isShort && value.isWellFormed() && !/\p{Cc}/u.test(value);
  return isPlain ? value : refuse('a text');
}

function integer(value: Naive | undefined, min: number): number {
  const digits = typeof value === 'object' && value !== null && 'number' in value && value.number;
  const number = typeof digits === 'string' && /^[0-9]{1,16}$/.test(digits) ? BigInt(digits) : -1n;
  if (number < BigInt(min) || number >= 2n ** 53n) throw new Refused('a whole number');
  return Number(number);
}

function time(value: Naive | undefined): number {
  return rfc3339Time(typeof value === 'string' ? value : refuse('a time'));
}
