import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';
import { leaveOut } from './left-out.ts';
import { keepUsedCommands } from './redis-commands.ts';

/** What is made into images: the functions, and the source of batches. */
export const FUNCTIONS = ['score', 'notify', 'generate', 'source'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** A file of a function's folder in the image, by its path in that folder. */
export interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Bundle {
  readonly functionName: FunctionName;
  /** `main.cjs`, which node runs, and what it reads from the folder that it stands in. */
  readonly files: readonly BundleFile[];
  /** For a debugger; the image does not carry it. */
  readonly sourceMap: Uint8Array;
  /** Whatever package code is in the bundle came from, by name. */
  readonly packages: readonly BundledPackage[];
  readonly metafile: Metafile;
}

export const BUNDLE_MAIN = 'main.cjs';

function entryOf(functionName: FunctionName): string {
  if (functionName === 'source') return 'local/source-process/main.ts';
  return `functions/${functionName}/main.ts`;
}

/** Folders that a function reads when it starts, relative to its main file. */
const ASIDE: Readonly<Partial<Record<FunctionName, readonly string[]>>> = { notify: ['page'] };

/**
 * A function as one file that needs nothing but Node 24. The same sources make the same bytes,
 * wherever they stand.
 *
 * It is CommonJS, though the sources are not: an ES module's import of `node:http` reads every
 * export of it, the lazy ones too, and those load Node's WebSocket and fetch at each start.
 */
export async function bundleFunction(options: {
  readonly functionName: FunctionName;
  /** The project's top folder. */
  readonly root: string;
}): Promise<Bundle> {
  const { functionName, root } = options;
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entryOf(functionName)],
    outfile: BUNDLE_MAIN,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [leaveOut, keepUsedCommands],
    minify: true,
    legalComments: 'none', // their texts are in the image as a whole, see bundled-packages.ts
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const output = (suffix: string): Uint8Array => {
    const file = result.outputFiles.find(({ path }) => path.endsWith(suffix));
    if (file === undefined) throw new Error(`esbuild made no ${suffix}`);
    return file.contents;
  };
  const aside = await Promise.all(
    (ASIDE[functionName] ?? []).map((folder) => readAside(root, functionName, folder)),
  );
  return {
    functionName,
    files: [{ path: BUNDLE_MAIN, bytes: output(BUNDLE_MAIN) }, ...aside.flat()],
    sourceMap: output('.map'),
    packages: await bundledPackages(root, Object.keys(result.metafile.inputs)),
    metafile: result.metafile,
  };
}

async function readAside(
  root: string,
  functionName: FunctionName,
  folder: string,
): Promise<BundleFile[]> {
  const from = join(root, 'functions', functionName, folder);
  const names = (await readdir(from)).sort();
  return Promise.all(
    names.map(async (name) => ({
      path: `${folder}/${name}`,
      bytes: await readFile(join(from, name)),
    })),
  );
}
