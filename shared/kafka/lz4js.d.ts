declare module 'lz4js' {
  /** Unpacks an LZ4 frame. */
  export function decompress(frame: Uint8Array, maxBytes?: number): Uint8Array;
}
