import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '#shared/config.ts';
import { generateSettings } from '../functions/generate/config.ts';
import { notifySettings } from '../functions/notify/config.ts';
import { scoreSettings } from '../functions/score/config.ts';
import { sourceSettings } from '../local/source-process/config.ts';
import { ROOT } from './run-tool.ts';

/** The settings of each function and of the source of batches, by its name. */
export const SETTINGS: Readonly<Record<string, Settings>> = {
  generate: generateSettings,
  score: scoreSettings,
  notify: notifySettings,
  source: sourceSettings,
};

/** A table in Markdown: one row for each setting, in the order of the code. */
export function configTable(settings: Settings): string {
  const rows = Object.entries(settings).map(([name, { fallback, optional, description }]) => {
    const value = fallback === undefined ? (optional ? 'none' : '**required**') : code(fallback);
    return `| \`${name}\` | ${value} | ${cell(description)} |`;
  });
  return ['| variable | default | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/**
 * `page` with what stands between `<!-- config:NAME -->` and `<!-- /config -->` made anew from the
 * code, for each function that has such a place.
 */
export function withConfigTables(page: string, settings = SETTINGS): string {
  return page.replace(
    /(<!-- config:(\w+) -->\n)[\s\S]*?(<!-- \/config -->)/g,
    (whole, start: string, name: string, end: string) => {
      const own = settings[name];
      return own === undefined ? whole : `${start}\n${configTable(own)}\n\n${end}`;
    },
  );
}

/** Writes the tables into README.md. */
export function writeConfigTables(): void {
  const path = join(ROOT, 'README.md');
  writeFileSync(path, withConfigTables(readFileSync(path, 'utf8')));
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
