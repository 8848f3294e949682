import type { ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import { isOpen } from '../dlq/decisions.ts';
import { type LetterCase, readLetters } from '../dlq/read-letters.ts';
import type { SourceName } from '../eventing/record-to-event.ts';

/** What the dead-letter topic tells of the records that its letters came from. */
export interface LettersByPlace {
  /** By partition and offset of the record: reason, and what was decided. */
  readonly notes: ReadonlyMap<number, ReadonlyMap<number, string>>;
  /** Older letters may have been deleted, epoch milliseconds. */
  readonly sinceMs: number;
  /** The KafkaSource that they came by; undefined where none of them tells. */
  readonly source: SourceName | undefined;
  /** False where there is no such topic. */
  readonly isThere: boolean;
}

/** Reads all letters. @throws AppError `topic` where the brokers do not answer. */
export async function readLettersByPlace(
  history: TopicHistory,
  topic: string,
  options: ReadOptions = {},
): Promise<LettersByPlace> {
  const spans = await history.spans(topic);
  if (spans === undefined) {
    return {
      notes: new Map(),
      sinceMs: Number.NEGATIVE_INFINITY,
      source: undefined,
      isThere: false,
    };
  }
  const cases = await readLetters({ history, topic, isBrief: true, ...options });
  const isWhole = spans.every(({ begin }) => begin === 0n);
  return { ...byPlace(cases, isWhole), isThere: true };
}

/** `isWhole`: no letter was ever deleted. */
export function byPlace(
  cases: readonly LetterCase[],
  isWhole: boolean,
): Omit<LettersByPlace, 'isThere'> {
  const notes = new Map<number, Map<number, string>>();
  let sinceMs = Number.POSITIVE_INFINITY;
  let source: SourceName | undefined;
  for (const one of cases) {
    const { from, record, event } = one.letter;
    sinceMs = Math.min(sinceMs, record.timestampMs);
    source ??= sourceNameIn(event?.attributes.source);
    const [partition, offset] = (from ?? '').split('/').map(Number);
    if (partition === undefined || offset === undefined || from === '') continue;
    const some = notes.get(partition) ?? new Map<number, string>();
    notes.set(partition, some.set(offset, noteOf(one)));
  }
  return { notes, sinceMs: isWhole ? Number.NEGATIVE_INFINITY : sinceMs, source };
}

function noteOf({ letter, decision }: LetterCase): string {
  const { text } = letter.reason;
  const decided = decision === undefined ? 'open' : decision.action;
  return `${text}, ${isOpen(decision) && decision !== undefined ? `${decided}, open` : decided}`;
}

const SOURCE = /^\/apis\/v1\/namespaces\/([^/]+)\/kafkasources\/([^#]+)#/;

function sourceNameIn(attribute = ''): SourceName | undefined {
  const [, namespace, name] = SOURCE.exec(attribute) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
