import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROOT, readText } from './source-files.ts';

/** The promises that docs/reliability.md answers for. */
const IDS = ['S', 'D', 'O', 'L'].flatMap((letter, i) =>
  Array.from({ length: [6, 7, 4, 5][i] as number }, (_, n) => `${letter}${n + 1}`),
);

/** The ids that a test's titles cite: `(O1, L2)`, and `(D1–D5)` for all between. */
function idsCitedIn(text: string): Set<string> {
  const ids = new Set<string>();
  for (const [, list = ''] of text.matchAll(/\(((?:[SDOLHPWC]\d?[^()'`]*))\)['`]/g)) {
    for (const [, letter = '', from, to = from] of list.matchAll(
      /\b([SDOL])(\d)(?:–[SDOL](\d))?/g,
    )) {
      for (let n = Number(from); n <= Number(to); n++) ids.add(`${letter}${n}`);
    }
  }
  return ids;
}

const ROW = /^\| ([SDOL]\d) \| .* \| ([^|]*) \|$/gm;
const rows = [...readText('docs/reliability.md').matchAll(ROW)].map(([, id = '', tests = '']) => ({
  id,
  tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
}));

it('has a row in docs/reliability.md for each promise, in their order', () => {
  expect(rows.map(({ id }) => id)).toEqual(IDS);
});

it('has for each promise tests that cite it, where docs/reliability.md says', () => {
  const wrong = rows.flatMap(({ id, tests }) => {
    if (tests.length === 0) return [`${id}: no test`];
    return tests
      .filter((path) => globSync(path, { cwd: ROOT }).length === 0 || !cites(path, id))
      .map((path) => `${id}: ${path} does not cite it`);
  });
  expect(wrong).toEqual([]);
});

it('reads the ids of a title, those between included', () => {
  const title = "it('keeps it (D1, O2–O4)', () => {});";
  expect([...idsCitedIn(title)]).toEqual(['D1', 'O2', 'O3', 'O4']);
});

function cites(path: string, id: string): boolean {
  return idsCitedIn(readText(path)).has(id);
}
