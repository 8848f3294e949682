import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgramFile } from '../services/run-program.ts';
import type { Bundle } from './bundle.ts';
import { licenceTexts } from './bundled-packages.ts';
import { type ImageEntry, textEntry } from './image-entry.ts';

/** Where the function's folder is in the image, and what else is beside its bundle. */
export const APP_FOLDER = '/app';
export const COMPILE_CACHE = `${APP_FOLDER}/compile-cache`;
export const SBOM_PATH = `${APP_FOLDER}/sbom.cdx.json`;
const LICENCES_PATH = `${APP_FOLDER}/licences.txt`;

/** Writes what of the function's folder does not depend on the machine's Node. */
export async function writeAppFolder(folder: string, bundle: Bundle, sbom: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { path, bytes } of appEntries(bundle, sbom)) {
    const to = join(folder, path.slice(APP_FOLDER.length));
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes);
  }
}

/** The entries of the function's folder, without its compile cache. */
export function appEntries(bundle: Bundle, sbom: string): ImageEntry[] {
  return [
    ...bundle.files.map(({ path, bytes }) => ({ path: `${APP_FOLDER}/${path}`, bytes })),
    textEntry(LICENCES_PATH, licenceTexts(bundle.packages)),
    textEntry(SBOM_PATH, sbom),
  ];
}

/**
 * What V8 compiles of a function at its start, made by running it in `folder`, where
 * `writeAppFolder` has put it.
 */
export async function compileCacheEntries(folder: string, node: string): Promise<ImageEntry[]> {
  const program = join(import.meta.dirname, 'fill-compile-cache.ts');
  const { exitCode, output } = await runProgramFile(node, [program, folder]);
  if (exitCode !== 0) throw new Error(`the compile cache could not be filled: ${output.trim()}`);
  const cache = join(folder, 'compile-cache');
  const found = await readdir(cache, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const from = join(parentPath, name);
      return { path: COMPILE_CACHE + from.slice(cache.length), bytes: await readFile(from) };
    }),
  );
}
