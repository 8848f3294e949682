import { isUtf8 } from 'node:buffer';

const NAME_MAX_BYTES = 256;

/**
 * Numbers for short texts, told apart by their bytes as they stand in a file: 0, 1, 2 … in the
 * order in which they first came. A text is made, and looked at by `isAllowed`, once for each
 * different one; after that a look-up makes nothing.
 */
export class ByteNames {
  readonly #isAllowed: (text: string) => boolean;
  readonly #texts: string[] = [];
  readonly #byText = new Map<string, number>();
  #slots = new Int32Array(1024); // number + 1; 0 is free
  #hashes = new Int32Array(512);
  #starts = new Int32Array(513);
  #bytes = Buffer.alloc(8192);

  constructor(isAllowed: (text: string) => boolean) {
    this.#isAllowed = isAllowed;
  }

  get size(): number {
    return this.#texts.length;
  }

  text(number: number): string {
    return this.#texts[number] as string;
  }

  /** The number of bytes[start, end); -1 for what is not allowed. */
  ofBytes(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = spread(hash) & mask;
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      if (this.#hashes[number] === hash && this.#isAt(number, bytes, start, end)) return number;
      slot = (slot + 1) & mask;
    }
    return this.#learn(bytes, start, end, hash);
  }

  ofText(text: string): number {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(text);
    const number = this.#isAllowed(text) ? this.ofBytes(bytes, 0, bytes.length) : -1;
    if (number >= 0) this.#byText.set(text, number);
    return number;
  }

  #isAt(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[number] as number;
    const length = end - start;
    if ((this.#starts[number + 1] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#bytes[from + i] !== bytes[start + i]) return false;
    }
    return true;
  }

  #learn(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (end - start > NAME_MAX_BYTES) return -1;
    const own = Buffer.from(bytes.subarray(start, end));
    if (!isUtf8(own)) return -1;
    const text = own.toString();
    if (!this.#isAllowed(text)) return -1;
    const number = this.#texts.length;
    const from = this.#starts[number] as number;
    this.#makeRoom(number + 1, from + own.length);
    this.#texts.push(text);
    this.#hashes[number] = hash;
    own.copy(this.#bytes, from);
    this.#starts[number + 1] = from + own.length;
    this.#put(number);
    return number;
  }

  #put(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = spread(this.#hashes[number] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #makeRoom(names: number, bytes: number): void {
    if (bytes > this.#bytes.length) {
      const larger = Buffer.alloc(2 * bytes);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    if (names <= this.#hashes.length) return;
    const count = 2 * this.#hashes.length;
    this.#hashes = widened(this.#hashes, count);
    this.#starts = widened(this.#starts, count + 1);
    this.#slots = new Int32Array(2 * count);
    for (let number = 0; number < this.#texts.length; number++) this.#put(number);
  }
}

function widened(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(numbers);
  return wide;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
