import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll, YAMLException } from 'js-yaml';
import { fieldOf, type KubeObject, textOf } from '../cluster/kube-object.ts';
import type { Placed } from './setup.ts';

const STDIN = '-';
const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * The objects of files, of a folder's own files, and for `-` of what `readStdin` gives, in order.
 * @throws Error that names the file, and the line where its YAML breaks.
 */
export async function readManifests(
  paths: readonly string[],
  readStdin: () => Promise<string>,
): Promise<readonly Placed[]> {
  const files: Placed[][] = [];
  for (const path of paths) {
    if (path === STDIN) files.push(objectsOf('standard input', await readStdin()));
    else for (const file of await filesOf(path)) files.push(objectsOf(file, await read(file)));
  }
  return files.flat();
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => MANIFEST.test(name)).sort();
  if (names.length === 0) throw new Error(`${path} has no .yaml, .yml or .json file`);
  return names.map((name) => join(path, name));
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, error);
  });
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  const why = error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message);
  return new Error(`${path} cannot be read: ${why}`, { cause: error });
}

/** The objects of one text, each with its place; what a List holds counts as its document. */
export function objectsOf(file: string, text: string): Placed[] {
  return documentsOf(file, text).flatMap((value, index) => {
    if (value === null || value === undefined) return [];
    const document = index + 1;
    const items = fieldOf(value, 'items');
    const isList = textOf(value, 'kind').endsWith('List') && Array.isArray(items);
    return (isList ? items : [value]).map((item: unknown) => {
      for (const field of ['apiVersion', 'kind']) {
        if (textOf(item, field) !== '') continue;
        throw new Error(`${file}, document ${document}: no Kubernetes object: it has no ${field}`);
      }
      return { object: named(item as KubeObject), file, document };
    });
  });
}

/** A name may be left to the cluster, and what only tools read has none. */
function named(object: KubeObject): KubeObject {
  if (textOf(object, 'metadata', 'name') !== '') return object;
  const name = textOf(object, 'metadata', 'generateName') || '(no name)';
  return { ...object, metadata: { ...object.metadata, name } };
}

function documentsOf(file: string, text: string): readonly unknown[] {
  try {
    return loadAll(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : `:${error.mark.line + 1}`;
    throw new Error(`${file}${line}: not YAML: ${error.reason}`, { cause: error });
  }
}
