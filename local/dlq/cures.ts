import type { Letter, Reason } from './letter.ts';

/** What redriving a letter comes to. */
export type Handling =
  /** Written to its topic again. */
  | 'send'
  /** It would come back for the same reason: what it would have changed is worked out instead. */
  | 'assess'
  /** It would come back: whoever sent it has to. */
  | 'correct';

const CORRECT: readonly Reason['word'][] = ['malformed', 'invalid', 'mediatype', 'toolarge'];

export function handlingOf({ reason, event }: Letter): Handling {
  if (event === undefined || CORRECT.includes(reason.word)) return 'correct';
  return reason.word === 'late' ? 'assess' : 'send';
}

/** Who does what about it, in words. */
export function cureOf(letter: Letter): string {
  const { name, reason, event } = letter;
  if (event === undefined) return 'Delivery did not write this. Find out who did, then drop it.';
  if (handlingOf(letter) === 'correct') {
    return `Sent again as it is, it would come back. Have its sender mended, and a corrected one sent: ./splitwatch send --kafka HOST:PORT ORIGIN TARGET AMOUNT --time TIME --id ID. Then: ./splitwatch dlq drop ${name} --reason TEXT`;
  }
  switch (reason.word) {
    case 'late':
      return `It was not summed, and would be late again. What it would have changed: ./splitwatch dlq redrive ${name}`;
    case 'future':
      return `When its time has come, or the sender's clock is set: ./splitwatch dlq redrive ${name}. For a replay first set MAX_FUTURE_MS=0.`;
    case 'unauthorized':
    case 'forbidden':
      return `Let what delivers send the function's AUTH_TOKEN, then: ./splitwatch dlq redrive ${name}`;
    default:
      return `When what it was sent to takes records again: ./splitwatch dlq redrive ${name}. It counts once, whatever became of it before.`;
  }
}
