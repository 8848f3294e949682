import { expect, it } from 'vitest';
import { setting } from '#shared/config.ts';
import { SETTINGS, withConfigTables } from '../../cli/config-table.ts';
import { readText } from './source-files.ts';

it('README has a table of the settings of every function', () => {
  const readme = readText('README.md');
  for (const name of Object.keys(SETTINGS)) expect(readme).toContain(`<!-- config:${name} -->`);
});

it('README names every setting with its default, as the code does (C)', () => {
  const readme = readText('README.md');
  expect(readme, './splitwatch check --write-config-tables mends it').toBe(
    withConfigTables(readme),
  );
});

it('a table says default, none or required, and changes with the code', () => {
  const page = 'a\n<!-- config:b -->\nold\n<!-- /config -->\nz';
  const settings = {
    b: {
      PORT: setting.integer({ description: 'A | port.', fallback: '1', min: 0, max: 2 }),
      TOKEN: setting.optionalText({ description: 'A token.' }),
      URL: setting.text({ description: 'An address.' }),
    },
  };
  expect(withConfigTables(page, settings).split('\n')).toEqual([
    'a',
    '<!-- config:b -->',
    '',
    '| variable | default | what it does |',
    '| --- | --- | --- |',
    '| `PORT` | `1` | A \\| port. |',
    '| `TOKEN` | none | A token. |',
    '| `URL` | **required** | An address. |',
    '',
    '<!-- /config -->',
    'z',
  ]);
});
