import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { writeAppFolder } from '../local/image/app-folder.ts';
import { writeArchive } from '../local/image/archive.ts';
import { buildImage, makeBaseLayer } from '../local/image/build-image.ts';
import { bundleFunction, FUNCTIONS, type FunctionName } from '../local/image/bundle.ts';
import { localBase } from '../local/image/local-base.ts';
import { type Revision, readRevision } from '../local/image/revision.ts';
import { sbomText } from '../local/image/sbom.ts';
import { ROOT } from './run-tool.ts';

interface ImageOptions {
  readonly base: 'local';
  readonly tag?: string;
  readonly output?: string;
  readonly json?: true;
  readonly sbom?: true;
  readonly folder?: string;
}

const EXAMPLES = `
The image is made without a daemon and without a registry, from the Node that npm installed and the
libraries of this machine. docs/images.md says what is in it, and how docker, podman or buildah
make one from Containerfile on a distroless base.

Examples:
  ./splitwatch image score notify generate
  ./splitwatch image source             what posts batches on a cluster (source.kind=batch)
  ./splitwatch image score --tag dev.local/splitwatch-score:1 --output score.tar
  ./splitwatch image score --json       for scripts: one JSON object a line
  ./splitwatch image score --sbom       only prints what the bundle is made of (CycloneDX)`;

export function register(program: Command): void {
  program
    .command('image')
    .description("make a function's container image without Docker")
    .addArgument(new Argument('<functions...>', 'which of them').choices([...FUNCTIONS]))
    .addOption(new Option('--base <base>', 'what it stands on').choices(['local']).default('local'))
    .option('--tag <name>', "the image's name (default: dev.local/splitwatch-NAME:VERSION-DIGEST)")
    .option('--output <file>', 'where to write it (default: dist/images/NAME.tar)')
    .option('--json', 'print image, digest, sizeBytes, layers and file as JSON')
    .option('--sbom', 'print the list of what the bundle holds, and make no image')
    .option('--folder <folder>', "write only the function's folder, without Node around it")
    .addHelpText('after', EXAMPLES)
    .action(async (names: FunctionName[], options: ImageOptions, command: Command) => {
      const isOne = options.tag ?? options.output ?? options.folder;
      if (names.length > 1 && isOne !== undefined) {
        command.error('error: --tag, --output and --folder are for one function');
      }
      const revision = await readRevision(ROOT);
      if (options.sbom) await printSboms(names, revision);
      else if (options.folder !== undefined) await writeFolder(names[0]!, options.folder, revision);
      else await makeImages(names, options, revision);
    });
}

async function makeImages(
  names: readonly FunctionName[],
  options: ImageOptions,
  revision: Revision,
): Promise<void> {
  const node = join(ROOT, 'node_modules', 'node', 'bin', 'node');
  const base = await makeBaseLayer(await localBase(node), revision.timeS);
  const { tag } = options;
  for (const functionName of names) {
    const parts = { functionName, root: ROOT, revision, base, node };
    const image = await buildImage({ ...parts, ...(tag !== undefined && { tag }) });
    const file = resolve(options.output ?? join(ROOT, 'dist', 'images', `${functionName}.tar`));
    await mkdir(dirname(file), { recursive: true });
    await writeArchive(file, image);
    const { name, digest, sizeBytes, layers } = image;
    const report = { image: name, digest, sizeBytes, layers, file };
    const megabytes = (sizeBytes / 1e6).toFixed(1);
    const line = options.json
      ? JSON.stringify(report)
      : `${name}  ${megabytes} MB  ${relative(process.cwd(), file)}\n  ${digest}`;
    process.stdout.write(`${line}\n`);
  }
}

async function printSboms(names: readonly FunctionName[], revision: Revision): Promise<void> {
  for (const functionName of names) {
    const { packages } = await bundleFunction({ functionName, root: ROOT });
    process.stdout.write(sbomText({ functionName, ...revision, packages }));
  }
}

/** For the Containerfile: its base brings Node, and fills the compile cache. */
async function writeFolder(
  functionName: FunctionName,
  folder: string,
  revision: Revision,
): Promise<void> {
  const bundle = await bundleFunction({ functionName, root: ROOT });
  const { packages } = bundle;
  await writeAppFolder(resolve(folder), bundle, sbomText({ functionName, ...revision, packages }));
}
