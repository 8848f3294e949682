import { transactionId } from '#shared/domain/transaction.ts';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { isRetried } from '../eventing/delivery.ts';
import { carriedEvent } from '../eventing/record-to-event.ts';
import type { WireEvent } from '../eventing/wire-event.ts';

/** A dead letter as it stands in its topic, read into words. All texts are from outside. */
export interface Letter {
  /** Its place in the dead-letter topic, `PARTITION/OFFSET`, which is what people call it. */
  readonly name: string;
  readonly record: StoredRecord;
  /** The event in it; undefined where somebody else wrote something that is none. */
  readonly event: WireEvent | undefined;
  readonly reason: Reason;
  /** What the answer complained of, where it said. */
  readonly field: string | undefined;
  readonly expected: string | undefined;
  readonly detail: string;
  /** Place of the record that could not be delivered, `PARTITION/OFFSET` in its own topic. */
  readonly from: string | undefined;
  /** `SOURCE#ID` of what is in it: the transaction's id. */
  readonly id: string | undefined;
  /** Where it could not be delivered. */
  readonly url: string | undefined;
}

/**
 * Why delivery gave it up: a code of ours that no other try would change, or `undelivered`, when
 * all tries were used up, `refused`, when somebody else said no, `unknown`, when nothing says why.
 */
export interface Reason {
  readonly word: ErrorCode | 'undelivered' | 'refused' | 'unknown';
  /** The word, and what came of the last try: `undelivered (503 sink)`. */
  readonly text: string;
  /** The answer's own word for it. */
  readonly code: string | undefined;
}

/** Total: every record of a dead-letter topic is a letter. */
export function letterOf(record: StoredRecord): Letter {
  const event = carriedEvent(record);
  const { attributes = {} } = event ?? {};
  const { knativekafkapartition: partition, knativekafkaoffset: offset } = attributes;
  const answer = answerOf(attributes.knativeerrordata);
  const problem = problemOf(answer, attributes.detail);
  return {
    name: `${record.partition}/${record.offset}`,
    record,
    event,
    reason: reasonOf(event, answer),
    field: problem.field,
    expected: problem.expected,
    detail: problem.detail ?? answer ?? '',
    from: partition && offset ? `${partition}/${offset}` : undefined,
    id: event && transactionId(attributes.source ?? '', attributes.id ?? ''),
    url: attributes.knativeerrordest,
  };
}

function reasonOf(event: WireEvent | undefined, answer: string | undefined): Reason {
  if (event === undefined) return { word: 'unknown', text: 'unknown', code: undefined };
  const { reason: code, knativeerrorcode } = event.attributes;
  const status = /^\d{3}$/.test(knativeerrorcode ?? '') ? Number(knativeerrorcode) : undefined;
  if (isOurs(code) && !ERRORS[code].retryable) return { word: code, text: code, code };
  const last = [status, code].filter((part) => part !== undefined).join(' ');
  if (status === undefined || isTriedAgain(status)) {
    const text = `undelivered (${last || (answer ?? 'no answer')})`;
    return { word: 'undelivered', text, code };
  }
  return { word: 'refused', text: `refused (${last})`, code };
}

function isOurs(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}

function isTriedAgain(status: number): boolean {
  return isRetried({ kind: 'answer', status, headers: {}, bodyHead: Buffer.alloc(0) });
}

/** The first 1,024 bytes of the answer, or why there was none. */
function answerOf(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0;
  return isBase64 ? Buffer.from(base64, 'base64').toString() : base64;
}

/** What a problem of ours says where it is about no field in particular. */
const NO_FIELD = 'request';

interface ProblemWords {
  readonly field?: string | undefined;
  readonly expected?: string | undefined;
  readonly detail?: string | undefined;
}

/** A problem of ours says them apart; one that was cut off, in its detail. */
function problemOf(answer: string | undefined, given: string | undefined): ProblemWords {
  const { field, expected, detail = given } = membersOf(answer ?? '');
  if (field === NO_FIELD) return { detail };
  if (field !== undefined) return { field, expected, detail };
  const [, named, wanted] = /^([\w.-]{1,64}): expected (.*)$/s.exec(detail ?? '') ?? [];
  return { field: named, expected: wanted, detail };
}

function membersOf(json: string): ProblemWords {
  try {
    const { field, expected, detail } = JSON.parse(json) as Record<string, unknown>;
    return { field: textOf(field), expected: textOf(expected), detail: textOf(detail) };
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
