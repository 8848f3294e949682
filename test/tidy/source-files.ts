import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's top folder. */
export const ROOT = dirname(dirname(import.meta.dirname));

/** A file of the project, or in a test of a rule one that somebody could write. */
export interface SourceFile {
  /** From the top folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What a rule finds wrong in a file: one sentence each; empty when nothing. */
export type Rule = (file: SourceFile) => readonly string[];

const FOLDERS = '{functions,shared,local,cli,knative,bench,test}';
/** Written by a program; their generators are held to the rules instead. */
const GENERATED = new Set(['functions/score/lua/scripts.ts', 'functions/notify/lua/scripts.ts']);

/** Every TypeScript file that people write, in a fixed order. */
export function sourceFiles(): readonly SourceFile[] {
  return globSync(`${FOLDERS}/**/*.ts`, { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !GENERATED.has(path) && !path.includes('node_modules/'))
    .sort()
    .map((path) => ({ path, text: readText(path) }));
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Runs only in tests: a test itself, or a suite, a fixture or a tool for tests. */
export function isTestCode(path: string): boolean {
  return (
    path.startsWith('test/') ||
    /\.test\.ts$/.test(path) ||
    /(^|[-/])(contract|test|fixtures?)[-a-z]*\.ts$/.test(path)
  );
}

/** The code with comments and the insides of strings taken out, lines kept. */
export function codeOnly(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (found) => {
    const lines = '\n'.repeat(found.split('\n').length - 1);
    if (found.startsWith('/')) return lines;
    const quote = found.slice(0, 1);
    // What a template computes is code.
    const computed = quote === '`' ? (found.match(/\$\{[^}]*\}/g)?.join('') ?? '') : '';
    return `${quote}${computed}${lines}${quote}`;
  });
}
