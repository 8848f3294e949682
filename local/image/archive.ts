import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { digestOf, type Layer } from './layer.ts';

/** How the image is run, in OCI's words. */
export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface Image {
  /** Of its manifest: what a registry would know it by. */
  readonly digest: string;
  /** Of all its blobs, as a registry would keep them. */
  readonly sizeBytes: number;
  readonly layers: readonly { readonly digest: string; readonly sizeBytes: number }[];
  /** Everything that the archive holds, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const OCI = 'application/vnd.oci.image';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * An image as one folder of files that is both an OCI layout and what `docker save` writes, so that
 * docker, podman, skopeo, containerd and kind read it. The name is no part of its digest.
 */
export function assembleImage(options: {
  readonly name: string;
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  /** Seconds since 1970. */
  readonly timeS: number;
  readonly arch: string;
}): Image {
  const { name, config, layers, arch } = options;
  const created = new Date(options.timeS * 1000).toISOString();
  const configBytes = json({
    created,
    architecture: ARCHITECTURES[arch] ?? arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'splitwatch image' })),
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor(`${OCI}.config.v1+json`, configBytes),
    layers: layers.map(({ bytes }) => descriptor(`${OCI}.layer.v1.tar+gzip`, bytes)),
  });
  const tag = name.slice(name.lastIndexOf(':') + 1);
  const index = json({
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      {
        ...descriptor(`${OCI}.manifest.v1+json`, manifest),
        annotations: {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': tag,
        },
      },
    ],
  });
  const forDocker = json([
    {
      Config: blobPath(configBytes),
      RepoTags: [name],
      Layers: layers.map(({ bytes }) => blobPath(bytes)),
    },
  ]);
  const blobs = [configBytes, manifest, ...layers.map(({ bytes }) => bytes)];
  return {
    digest: digestOf(manifest),
    sizeBytes: blobs.reduce((sum, { length }) => sum + length, 0),
    layers: layers.map(({ digest, bytes }) => ({ digest, sizeBytes: bytes.length })),
    files: new Map([
      ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
      ['index.json', index],
      ['manifest.json', forDocker],
      ...blobs.map((bytes) => [blobPath(bytes), bytes] as const),
    ]),
  };
}

/** Writes the image as one tar file, the same bytes for the same image. */
export async function writeArchive(path: string, image: Image): Promise<void> {
  const archive = pack();
  const writing = pipeline(archive, createWriteStream(path));
  for (const [name, bytes] of image.files) {
    const header = { name, mode: 0o644, mtime: new Date(0) };
    archive.entry(header, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  archive.finalize();
  await writing;
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function descriptor(mediaType: string, bytes: Uint8Array): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function blobPath(bytes: Uint8Array): string {
  return digestOf(bytes).replace('sha256:', 'blobs/sha256/');
}
