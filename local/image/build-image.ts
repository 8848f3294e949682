import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  APP_FOLDER,
  appEntries,
  COMPILE_CACHE,
  compileCacheEntries,
  writeAppFolder,
} from './app-folder.ts';
import { assembleImage, type Image, type ImageConfig } from './archive.ts';
import { BUNDLE_MAIN, type Bundle, bundleFunction, type FunctionName } from './bundle.ts';
import { type Layer, makeLayer } from './layer.ts';
import { type Base, CERTIFICATES_PATH, NODE_PATH } from './local-base.ts';
import type { Revision } from './revision.ts';
import { sbomText } from './sbom.ts';

export interface BuiltImage extends Image {
  readonly name: string;
  readonly sbom: string;
}

/** The lower layer is the same for every function, so it is made once and given to each. */
export interface BaseLayer extends Pick<Base, 'nodeVersion'> {
  readonly layer: Layer;
}

export async function makeBaseLayer(base: Base, timeS: number): Promise<BaseLayer> {
  return { nodeVersion: base.nodeVersion, layer: await makeLayer(base.entries, timeS) };
}

/**
 * The image of a function: the base, and on it the function's folder. The same revision on the same
 * base has the same digest, whenever and wherever it is built.
 */
export async function buildImage(options: {
  readonly functionName: FunctionName;
  readonly root: string;
  readonly revision: Revision;
  readonly base: BaseLayer;
  /** The Node of the base, by which the compile cache is filled. */
  readonly node: string;
  /** Name of the image; by default its version and what it holds make one. */
  readonly tag?: string;
}): Promise<BuiltImage> {
  const { functionName, root, revision, base, node } = options;
  const { version, timeS } = revision;
  const bundle = await bundleFunction({ functionName, root });
  const { packages } = bundle;
  const { nodeVersion } = base;
  const sbom = sbomText({ functionName, version, timeS, packages, nodeVersion });
  const cache = await filledCache(bundle, sbom, node);
  const app = await makeLayer([...appEntries(bundle, sbom), ...cache], timeS);
  // What is in it is in its name: a cluster that knows the name never runs something older.
  const mark = app.digest.slice('sha256:'.length, 'sha256:'.length + 12);
  const name = options.tag ?? `dev.local/splitwatch-${functionName}:${version}-${mark}`;
  const config = imageConfig(functionName, revision);
  const layers = [base.layer, app];
  const image = assembleImage({ name, config, layers, timeS, arch: process.arch });
  return { ...image, name, sbom };
}

function imageConfig(functionName: FunctionName, { version, commit }: Revision): ImageConfig {
  const label = 'org.opencontainers.image';
  return {
    User: '65532:65532',
    WorkingDir: APP_FOLDER,
    Env: [
      'PATH=/nodejs/bin',
      'NODE_ENV=production',
      `NODE_COMPILE_CACHE=${COMPILE_CACHE}`,
      'NODE_COMPILE_CACHE_PORTABLE=1',
      `SSL_CERT_FILE=${CERTIFICATES_PATH}`,
    ],
    Entrypoint: [NODE_PATH, `${APP_FOLDER}/${BUNDLE_MAIN}`],
    ExposedPorts: { '8080/tcp': {} },
    Labels: {
      [`${label}.title`]: `splitwatch-${functionName}`,
      [`${label}.description`]: `The ${functionName} function of Splitwatch`,
      [`${label}.version`]: version,
      ...(commit !== undefined && { [`${label}.revision`]: commit }),
    },
  };
}

async function filledCache(bundle: Bundle, sbom: string, node: string) {
  const folder = await mkdtemp(join(tmpdir(), 'splitwatch-image-'));
  try {
    const app = join(folder, 'app');
    await writeAppFolder(app, bundle, sbom);
    return await compileCacheEntries(app, node);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
