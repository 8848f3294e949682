import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { textEntry } from './image-entry.ts';
import { makeLayer } from './layer.ts';

const ENTRIES = [textEntry('/b/c/file', 'x'), textEntry('/a', 'y'), textEntry('/tmp/.keep', '')];

test('is the same bytes whatever the order of its entries', async () => {
  const [there, back] = [ENTRIES, ENTRIES.toReversed()];
  expect(await makeLayer(back, 7)).toEqual(await makeLayer(there, 7));
});

test('makes every folder before what is in it, /tmp for anybody to write to', async () => {
  const { bytes } = await makeLayer(ENTRIES, 7);
  const listed = execFileSync('tar', ['-tvz'], { input: bytes }).toString().trim().split('\n');
  const shown = listed.map((line) => `${line.slice(0, 10)} ${line.split(' ').at(-1)}`);
  expect(shown).toEqual([
    'drwxr-xr-x b/',
    'drwxr-xr-x b/c/',
    'drwxrwxrwt tmp/',
    '-rw-r--r-- a',
    '-rw-r--r-- b/c/file',
    '-rw-r--r-- tmp/.keep',
  ]);
});
