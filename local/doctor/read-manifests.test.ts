import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { readManifests } from './read-manifests.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitwatch-doctor-'));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true }));
});

const object = (name: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n`;
const nobody = async (): Promise<string> => '';

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const placesOf = async (...paths: readonly string[]) =>
  (await readManifests(paths, nobody)).map(({ object: { metadata }, file, document }) => [
    ...[metadata.name, file, document],
  ]);

it('reads all documents of a file, empty ones counted and left out', async () => {
  const path = write('a.yaml', `# first\n---\n${object('one')}---\n---\n${object('two')}`);
  const places = await placesOf(path);
  expect(places.map(([name, file]) => [name, file])).toEqual([
    ['one', path],
    ['two', path],
  ]);
  expect(places[0]?.[2]).not.toBe(places[1]?.[2]);
});

it("reads a folder's own manifests in order of their names, and nothing else of it", async () => {
  mkdirSync(join(folder, 'inside'));
  write('b.yml', object('b'));
  write('a.json', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}');
  write('inside/c.yaml', object('c'));
  write('README.md', 'no: [manifest');
  expect((await placesOf(folder)).map(([name]) => name)).toEqual(['a', 'b']);
});

it('takes a List apart, as kubectl get writes it', async () => {
  const items = [object('one'), object('two')].map((text) => `- ${text.replaceAll('\n', '\n  ')}`);
  const path = write('list.yaml', `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}`);
  expect((await placesOf(path)).map(([name]) => name)).toEqual(['one', 'two']);
});

it('takes objects that the cluster will name, and those that only tools read', async () => {
  const path = write(
    'kustomization.yaml',
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n---\n${object('').replace(
      'name: ',
      'generateName: job-',
    )}---\napiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: all}\n`,
  );
  expect((await placesOf(path)).map(([name]) => name)).toEqual(['(no name)', 'job-', 'all']);
});

it('reads standard input where - stands', async () => {
  const [placed] = await readManifests(['-'], async () => object('piped'));
  expect(placed).toMatchObject({ object: { metadata: { name: 'piped' } }, file: 'standard input' });
});

it('says which line of which file is not YAML', async () => {
  const path = write('broken.yaml', `${object('one')}---\nspec: [1,\n  {{ .Values.a }}\nb: 2\n`);
  await expect(placesOf(path)).rejects.toThrow(`${path}:7: not YAML: `);
});

it.each([
  ['a: 1', 'it has no apiVersion'],
  ['apiVersion: v1', 'it has no kind'],
  ['just text', 'it has no apiVersion'],
])('refuses %j, which is no object: %s', async (text, why) => {
  const path = write('values.yaml', `${object('one')}---\n${text}`);
  await expect(placesOf(path)).rejects.toThrow(`${path}, document 2: no Kubernetes object: ${why}`);
});

it('says which file is not there, and which folder has no manifest', async () => {
  const missing = join(folder, 'missing.yaml');
  await expect(placesOf(missing)).rejects.toThrow(
    `${missing} cannot be read: there is no such file`,
  );
  await expect(placesOf(folder)).rejects.toThrow(`${folder} has no .yaml, .yml or .json file`);
});
