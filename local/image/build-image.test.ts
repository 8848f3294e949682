import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeArchive } from './archive.ts';
import { type BuiltImage, buildImage, makeBaseLayer } from './build-image.ts';
import { FUNCTIONS, type FunctionName } from './bundle.ts';
import { textEntry } from './image-entry.ts';
import { digestOf } from './layer.ts';

const ROOT = dirname(dirname(import.meta.dirname));
const TIME_S = 1_795_000_000;
const REVISION = { version: '1.2.3', commit: 'c0ffee', timeS: TIME_S };

let folder: string;
let image: BuiltImage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splitwatch-image-test-'));
  image = await build('notify');
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** An image on a base without Node, which would take long to compress. */
async function build(functionName: FunctionName, tag?: string): Promise<BuiltImage> {
  const small = { nodeVersion: '24.0.0', entries: [textEntry('/etc/passwd', 'nobody')] };
  const base = await makeBaseLayer(small, TIME_S);
  const parts = { functionName, root: ROOT, revision: REVISION, base, node: process.execPath };
  return buildImage(tag === undefined ? parts : { ...parts, tag });
}

const blob = (digest: string): Uint8Array =>
  image.files.get(digest.replace('sha256:', 'blobs/sha256/')) ?? new Uint8Array();
const readJson = (bytes: Uint8Array | undefined) => JSON.parse(Buffer.from(bytes ?? []).toString());

test.each(FUNCTIONS)('builds %s twice to the same digest, under whatever name', async (name) => {
  const [first, second] = [await build(name), await build(name, 'dev.local/other:1')];
  expect(second.digest).toBe(first.digest);
  expect(second.name).toBe('dev.local/other:1');
});

test('names every blob by its digest, and every one is there', () => {
  for (const [path, bytes] of image.files) {
    if (path.startsWith('blobs/')) expect(path).toBe(`blobs/sha256/${digestOf(bytes).slice(7)}`);
  }
  const [descriptor] = readJson(image.files.get('index.json')).manifests;
  expect(descriptor.digest).toBe(image.digest);
  const manifest = readJson(blob(image.digest));
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    expect(blob(digest).length).toBe(size);
  }
  const [forDocker] = readJson(image.files.get('manifest.json'));
  expect(forDocker.RepoTags).toEqual([image.name]);
  for (const path of [forDocker.Config, ...forDocker.Layers]) {
    expect(image.files.has(path)).toBe(true);
  }
});

test('runs node as nobody, with labels that say what it is', () => {
  const { created, config } = readJson(blob(readJson(blob(image.digest)).config.digest));
  expect(created).toBe(new Date(TIME_S * 1000).toISOString());
  expect(config.User).toBe('65532:65532');
  expect(config.Entrypoint).toEqual(['/nodejs/bin/node', '/app/main.cjs']);
  expect(config.Labels).toMatchObject({
    'org.opencontainers.image.title': 'splitwatch-notify',
    'org.opencontainers.image.version': '1.2.3',
    'org.opencontainers.image.revision': 'c0ffee',
  });
});

test('holds, at one time and for all to read, the function, its cache, licences and SBOM', async () => {
  const archive = join(folder, 'notify.tar');
  await writeArchive(archive, image);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  const layer = join(folder, 'layer.tgz');
  await writeFile(layer, blob(image.layers.at(-1)?.digest ?? ''));
  const listed = execFileSync('tar', ['-tvzf', layer, '--utc', '--numeric-owner']).toString();
  const lines = listed.trim().split('\n');
  const time = new Date(TIME_S * 1000).toISOString().slice(0, 16).replace('T', ' ');
  for (const line of lines) {
    expect(line).toMatch(/^(?:drwxr-xr-x|-rw-r--r--) 0\/0 /);
    expect(line).toContain(time);
  }
  const paths = lines.map((line) => line.split(' ').at(-1));
  for (const path of ['app/main.cjs', 'app/page/index.html', 'app/licences.txt']) {
    expect(paths).toContain(path);
  }
  expect(paths.join('\n')).toMatch(/^app\/compile-cache\/v24[^/]*-65532\/[0-9a-f]+$/m);
  execFileSync('tar', ['-xzf', layer, '-C', folder]);
  const sbom = JSON.parse(await readFile(join(folder, 'app/sbom.cdx.json'), 'utf8'));
  const purls = sbom.components.map(({ purl }: { purl: string }) => purl);
  expect(purls).toContain('pkg:generic/node@24.0.0');
  expect(purls.join(' ')).toMatch(/pkg:npm\/%40redis\/client@6/);
});
