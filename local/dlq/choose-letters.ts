import { isOpen } from './decisions.ts';
import type { LetterCase } from './read-letters.ts';

/** Which letters are meant: some by name, or the open ones of a reason, or all open ones. */
export interface Choice {
  readonly names: readonly string[];
  readonly reason?: string | undefined;
  readonly isAll: boolean;
}

/** `late`, `undelivered`, or what stands in its brackets: `sink`. */
export function isOfReason({ letter }: LetterCase, reason: string): boolean {
  return letter.reason.word === reason || letter.reason.code === reason;
}

/**
 * The letters that are meant, in the topic's order.
 * @throws Error that names each letter that is not there.
 */
export function chooseLetters(
  cases: readonly LetterCase[],
  { names, reason, isAll }: Choice,
): readonly LetterCase[] {
  const missing = names.filter((name) => !cases.some(({ letter }) => letter.name === name));
  if (missing.length > 0) {
    const what = missing.length === 1 ? 'is no letter' : 'are no letters';
    throw new Error(
      `there ${what} ${missing.join(', ')}; ./splitwatch dlq ls --all lists what there is`,
    );
  }
  return cases.filter((one) => {
    if (names.length > 0) return names.includes(one.letter.name);
    if (!isOpen(one.decision)) return false;
    return isAll || (reason !== undefined && isOfReason(one, reason));
  });
}
