import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTINGS } from '../../cli/config-table.ts';
import { ROOT, readText } from './source-files.ts';

const PAGE = readText('SECURITY.md');
const ROW = /^\| (.*) \| (.*) \| (.*) \| (.*) \|$/gm;
const rows = [...PAGE.matchAll(ROW)]
  .slice(2)
  .map(([, name = '', , settings = '', tests = '']) => ({ name, settings, tests }));

/** `NAME` DEFAULT (function, function) */
const SETTING = /`([A-Z_]+)` ([^ (]+) \(([a-z, ]+)\)/g;

it('SECURITY.md says the defaults that the code has (P)', () => {
  const said = rows.flatMap(({ settings }) => [...settings.matchAll(SETTING)]);
  expect(said.length).toBeGreaterThan(15);
  for (const [, name = '', value, functions = ''] of said) {
    for (const own of functions.split(', ')) {
      const setting = SETTINGS[own]?.[name];
      expect(setting, `${name} of ${own}`).toBeDefined();
      expect(setting?.fallback ?? 'none', `${name} of ${own}`).toBe(value);
    }
  }
});

it('SECURITY.md leaves out no setting that bounds a door', () => {
  const bounds = Object.entries(SETTINGS).flatMap(([own, settings]) =>
    Object.keys(settings)
      .filter((name) => /^(?:MAX_(?:BODY|BATCH|HEADER|JSON|ID|IN_|CONN|STREAMS)|BODY_T)/.test(name))
      .map((name) => `${name} of ${own}`),
  );
  const said = rows.flatMap(({ settings }) =>
    [...settings.matchAll(SETTING)].flatMap(([, name, , functions = '']) =>
      functions.split(', ').map((own) => `${name} of ${own}`),
    ),
  );
  expect(bounds.length).toBeGreaterThan(15);
  expect(said).toEqual(expect.arrayContaining(bounds));
});

it('SECURITY.md names for each protection a test that there is', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const { name, tests } of rows) {
    const paths = [...tests.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, path = '']) => path);
    expect(paths.length, name).toBeGreaterThan(0);
    for (const path of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
  }
});
