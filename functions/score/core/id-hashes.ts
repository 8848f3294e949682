/**
 * Is an id surely not among many? A set of 32-bit hashes, four bytes each in one piece of memory: a
 * fraction of what a map of the ids takes, and of the time to reach it. Who finds a hash has to
 * look among the ids themselves. Nothing is taken out; the set is made anew, of the ids that are
 * left, when it is full.
 */
export interface IdHashes {
  /** Hashes, none of them 0; 0 is free. The length is a power of 2. */
  readonly slots: Uint32Array;
  count: number;
}

interface Named {
  readonly id: string;
}

/** Room for at least half as many again as there are. */
export function hashesOf(entries: readonly Named[]): IdHashes {
  const hashes = {
    slots: new Uint32Array(2 ** Math.ceil(Math.log2(2 * entries.length + 8))),
    count: 0,
  };
  for (const { id } of entries) put(hashes, hashOf(id));
  return hashes;
}

export function mayHold({ slots }: IdHashes, id: string): boolean {
  const hash = hashOf(id);
  const mask = slots.length - 1;
  for (let slot = hash & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
    if (slots[slot] === hash) return true;
  }
  return false;
}

/** False where it is full, and has to be made anew or wider. */
export function addHash(hashes: IdHashes, id: string): boolean {
  if (4 * hashes.count >= 3 * hashes.slots.length) return false;
  put(hashes, hashOf(id));
  return true;
}

/** The same with twice the room; the ids themselves need not be looked at. */
export function widerHashes({ slots }: IdHashes): IdHashes {
  const hashes = { slots: new Uint32Array(2 * slots.length), count: 0 };
  for (const hash of slots) if (hash !== 0) put(hashes, hash);
  return hashes;
}

function put(hashes: IdHashes, hash: number): void {
  const { slots } = hashes;
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = hash;
  hashes.count += 1;
}

function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x2c1b3c6d);
  return (hash ^ (hash >>> 15)) >>> 0 || 1;
}
