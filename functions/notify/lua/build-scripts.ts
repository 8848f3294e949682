import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPTS = { UPSERT_SCRIPT: 'upsert-alert.lua', MARK_TOLD_SCRIPT: 'mark-told.lua' };

/**
 * Makes `scripts.ts` from the Lua files, so that a bundle carries the scripts and they are still
 * written, read and reviewed as Lua. `node functions/notify/lua/build-scripts.ts` after a change; a
 * test fails while they differ. Whole-line comments stay behind.
 */
export function buildScripts(): string {
  const scripts = Object.entries(SCRIPTS).map(
    ([name, file]) => `export const ${name} = \`${withoutComments(file)}\n\`;\n`,
  );
  const note = '// Made by build-scripts.ts from the Lua files beside it. Do not edit.\n';
  return [note, ...scripts].join('\n');
}

function withoutComments(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('--'))
    .join('\n');
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'scripts.ts'), buildScripts());
