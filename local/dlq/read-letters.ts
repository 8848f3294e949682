import type { PartitionSpan, ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import { type Decision, decisionAbout, readDecisions } from './decisions.ts';
import { type Letter, letterOf } from './letter.ts';

/** A letter, and what was done about it. */
export interface LetterCase {
  readonly letter: Letter;
  readonly decision: Decision | undefined;
}

export interface ReadLettersOptions extends ReadOptions {
  readonly history: TopicHistory;
  readonly topic: string;
  /** Only those that were written at this time or later, epoch milliseconds. */
  readonly fromMs?: number | undefined;
  /** Only the one of this name. */
  readonly name?: string;
  /** Leaves the payloads out: there may be millions of letters, and a list shows none. */
  readonly isBrief?: boolean;
}

/**
 * Every letter that stands in the topic now, in the order of their names.
 * @throws Error where there is no such topic, AppError `topic` where the broker does not answer.
 */
export async function readLetters(options: ReadLettersOptions): Promise<LetterCase[]> {
  const { history, topic, fromMs, name, isBrief } = options;
  const spans = await history.spans(topic, fromMs);
  if (spans === undefined) throw new Error(noSuchTopic(topic));
  const decisions = await readDecisions(history, topic);
  const cases: LetterCase[] = [];
  const wanted = name === undefined ? spans : spanOf(name, spans);
  await history.read(
    topic,
    wanted,
    (records) => {
      for (const record of records) {
        const whole = letterOf(record);
        const letter = isBrief ? withoutPayload(whole) : whole;
        cases.push({ letter, decision: decisionAbout(letter, decisions) });
      }
    },
    options,
  );
  return cases;
}

function withoutPayload(letter: Letter): Letter {
  const { record, event } = letter;
  return {
    ...letter,
    record: { ...record, value: null },
    event: event && { ...event, data: Buffer.alloc(0) },
  };
}

function noSuchTopic(topic: string): string {
  const cause = 'no dead letter was ever written there, or it has another name';
  return `there is no topic ${topic}: ${cause} (--topic); ./splitwatch up and deploy make it`;
}

const LETTER_NAME = /^(\d{1,9})\/(\d{1,18})$/;

/** Whether the text names a letter, as `0/17`. */
export function isLetterName(text: string): boolean {
  return LETTER_NAME.test(text);
}

/** Where the letter of this name stands; nothing where it cannot. */
function spanOf(name: string, spans: readonly PartitionSpan[]): readonly PartitionSpan[] {
  const [, partition, offset] = LETTER_NAME.exec(name) ?? [];
  if (partition === undefined || offset === undefined) return [];
  const begin = BigInt(offset);
  const end = begin + 1n;
  return spans
    .filter(
      (span) => span.partition === Number(partition) && span.begin <= begin && end <= span.end,
    )
    .map((span) => ({ partition: span.partition, begin, end }));
}
