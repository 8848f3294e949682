import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const TABLE = /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]commands[\\/]index\.js$/;
const OUR_SOURCES = '{functions,shared}/**/*.ts';
/** The client's own parts that call commands, relative to its table. */
const ITS_SOURCES = '../{client,cluster,sentinel}/*.js';

/**
 * Keeps of Redis' 400 commands those whose name occurs as a word in our sources or in the client's
 * own. The client makes methods of all that its table holds at each start, and with them that is a
 * third of the way from the start to the open port. A command that a source starts to call is in
 * the next bundle by itself.
 */
export const keepUsedCommands: Plugin = {
  name: 'keep-used-commands',
  setup(build) {
    build.onLoad({ filter: TABLE }, async ({ path }) => {
      const root = build.initialOptions.absWorkingDir ?? process.cwd();
      const [table, ours, its] = await Promise.all([
        readFile(path, 'utf8'),
        wordsOf(root, OUR_SOURCES),
        wordsOf(dirname(path), ITS_SOURCES),
      ]);
      return { contents: withoutUnused(table, new Set([...ours, ...its])), loader: 'js' };
    });
  },
};

/**
 * The client's table of commands with the entries that `used` names: lines `name: MODULE.default`
 * of its object, and the lines that load a module, where nothing speaks of it any more.
 */
export function withoutUnused(table: string, used: ReadonlySet<string>): string {
  const entries = table.replace(/^ {4}(\w+): \w+\.default,?$/gm, (line, name: string) => {
    const entry = line.endsWith(',') ? line : `${line},`;
    return used.has(name) ? entry : '';
  });
  return entries.replace(/^const (\w+) = __import\w+\(require\("\.\/\w+"\)\);$/gm, (line, name) =>
    entries.split(name).length > 2 ? line : '',
  );
}

async function wordsOf(folder: string, glob: string): Promise<Set<string>> {
  const paths = globSync(glob, { cwd: folder });
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
}
