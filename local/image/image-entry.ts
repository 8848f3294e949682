/** A file of an image, owned by root and readable by all; its folders are made as needed. */
export interface ImageEntry {
  /** Absolute, in the image. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isExecutable?: boolean;
}

export function textEntry(path: string, text: string): ImageEntry {
  return { path, bytes: Buffer.from(text) };
}
