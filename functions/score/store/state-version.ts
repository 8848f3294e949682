/**
 * In front of every text: who wrote it and the how manieth of theirs it is, so that no two states
 * ever carry the same, whatever was lost or began anew between them.
 */
export const VERSION_CHARACTERS = 12;

const HALF = VERSION_CHARACTERS / 2;
const WRITERS = 36 ** HALF;

/** Makes versions for one writer. `chance` is from [0, 1), and tells writers apart. */
export function createVersions(chance: number): () => string {
  const writer = digits(Math.floor(chance * WRITERS));
  let count = 0;
  return () => {
    count = (count + 1) % WRITERS;
    return writer + digits(count);
  };
}

/** A state that is one text begins with a digit or letter; what the scripts for large pairs write
 * begins with flags. */
export function isText(state: string): boolean {
  return state.charCodeAt(0) >= 0x30;
}

function digits(value: number): string {
  return value.toString(36).padStart(HALF, '0');
}
