import { expect, it } from 'vitest';
import { codeOnly, isTestCode, readText, sourceFiles } from './source-files.ts';

/** Words that the glossary gives up for another one, where they would name a thing in code. */
const GIVEN_UP =
  /\b(?:smurfing|sender(?:Id|Account)|receiver(?:Id|Account)|fromAccount|toAccount)\b/;

it('explains every word once, in the order of the alphabet', () => {
  const words = [...readText('docs/glossary.md').matchAll(/^\| \*\*(.+?)\*\*/gm)].map(
    ([, word = '']) => word,
  );
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')));
});

it('keeps the words that it gives up out of the code', () => {
  const found = sourceFiles()
    .filter(({ path, text }) => !isTestCode(path) && GIVEN_UP.test(codeOnly(text)))
    .map(({ path }) => path);
  expect(found).toEqual([]);
  expect(GIVEN_UP.test('const fromAccount = 1')).toBe(true);
});
