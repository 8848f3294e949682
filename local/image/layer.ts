import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { ImageEntry } from './image-entry.ts';

/** A layer of an image: a compressed archive, and the two digests by which it is known. */
export interface Layer {
  readonly bytes: Uint8Array;
  /** Of the compressed bytes. */
  readonly digest: string;
  /** Of the archive in it. */
  readonly diffId: string;
}

/**
 * The entries as a layer. The same entries in any order make the same bytes: they are sorted, they
 * all have the one time, belong to root, and Node's gzip notes neither time nor name.
 */
export async function makeLayer(entries: readonly ImageEntry[], timeS: number): Promise<Layer> {
  const archive = pack();
  const mtime = new Date(timeS * 1000);
  for (const folder of foldersOf(entries)) {
    const mode = folder === '/tmp' ? 0o1777 : 0o755;
    archive.entry({ name: `${folder.slice(1)}/`, type: 'directory', mode, mtime });
  }
  for (const { path, bytes, isExecutable } of sorted(entries)) {
    const mode = isExecutable ? 0o755 : 0o644;
    archive.entry({ name: path.slice(1), type: 'file', mode, mtime }, Buffer.from(bytes));
  }
  archive.finalize();
  const tar = await buffer(archive);
  const bytes = await promisify(gzip)(tar);
  return { bytes, digest: digestOf(bytes), diffId: digestOf(tar) };
}

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function sorted(entries: readonly ImageEntry[]): ImageEntry[] {
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every folder that the entries stand in, parents first. */
function foldersOf(entries: readonly ImageEntry[]): string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      folders.add(path.slice(0, end));
    }
  }
  return [...folders].sort();
}
