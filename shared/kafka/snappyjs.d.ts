declare module 'snappyjs' {
  /** Unpacks a block without frame. @throws RangeError when it says that it is larger. */
  export function uncompress(block: Uint8Array, maxBytes?: number): Uint8Array;
  export function compress(bytes: Uint8Array): Uint8Array;
}
