import { decisionToJson } from './decision-text.ts';
import { isOpen } from './decisions.ts';
import type { Letter } from './letter.ts';
import type { LetterCase } from './read-letters.ts';
import { timeText } from './time-text.ts';

/** A letter as it is printed for scripts: texts as they are, for `printableJson` to escape. */
export function letterToJson({ letter, decision }: LetterCase): Record<string, unknown> {
  const { name, record, reason, field, expected, detail, from, id, url } = letter;
  return {
    letter: name,
    writtenAt: timeText(record.timestampMs),
    reason: reason.word,
    reasonText: reason.text,
    ...{ field, expected, detail, from, id, url },
    isOpen: isOpen(decision),
    ...(decision === undefined ? {} : { decision: decisionToJson(decision) }),
  };
}

/** The whole of it: headers, record key and payload too. */
export function wholeLetterToJson(one: LetterCase): Record<string, unknown> {
  const { key, headers } = one.letter.record;
  return { ...letterToJson(one), key, headers, ...payloadOf(one.letter) };
}

/** The payload as text; in base64 where it is none. */
export function payloadOf({ event, record }: Letter): { payload?: string; payloadBase64?: string } {
  const bytes = event?.data ?? record.value ?? Buffer.alloc(0);
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return { payload: text };
  return { payloadBase64: bytes.toString('base64') };
}
