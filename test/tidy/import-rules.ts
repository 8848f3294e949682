import { posix } from 'node:path';
import { isTestCode, type Rule } from './source-files.ts';

/** Where a file stands in the table of ARCHITECTURE.md, "Who may import whom". */
type Zone = 'domain' | 'shared' | 'core' | 'adapter' | 'use case' | 'wiring' | 'main' | 'outer';

const ADAPTER_FOLDERS = new Set(['store', 'channels', 'lua', 'page']);
/** Builtins that compute and touch nothing. */
const PURE_BUILTINS = new Set(['node:crypto', 'node:assert']);

/** Zones that a zone may import, apart from its own; packages are looked at apart. */
const ALLOWED: Readonly<Record<Zone, readonly Zone[]>> = {
  domain: [],
  core: ['domain'],
  shared: ['domain'],
  adapter: ['domain', 'shared', 'core', 'use case', 'wiring'],
  'use case': ['domain', 'shared', 'core', 'wiring'],
  wiring: ['domain', 'shared', 'core', 'adapter', 'use case'],
  main: ['domain', 'shared', 'core', 'adapter', 'use case', 'wiring'],
  outer: ['domain', 'shared', 'core', 'adapter', 'use case', 'wiring'],
};

/** Files import only what the architecture's table allows, and shared code by `#shared/`. */
export const importRule: Rule = ({ path, text }) => {
  const problems: string[] = [];
  for (const { specifier, isType } of importsOf(text)) {
    const target = targetOf(path, specifier);
    const problem = target === undefined ? packageProblem(path, specifier) : undefined;
    if (problem !== undefined) problems.push(problem);
    if (target === undefined) continue;
    if (specifier.startsWith('.') && target.startsWith('shared/') && !path.startsWith('shared/')) {
      problems.push(`imports ${specifier}: write #shared/…`);
    }
    if (!isAllowed(path, target, isType)) problems.push(`may not import ${target}`);
  }
  return problems;
};

function isAllowed(path: string, target: string, isType: boolean): boolean {
  const to = zoneOf(target);
  if (to === 'main') return false; // it runs when it is imported
  if (isTestCode(path)) return true;
  const from = zoneOf(path);
  if (from !== 'outer' && isTestCode(target)) return false;
  if (from === 'outer') return ALLOWED.outer.includes(to) || to === 'outer';
  const own = functionOf(path);
  const theirs = functionOf(target);
  if (own !== undefined && theirs !== undefined && own !== theirs) return false;
  // An adapter knows the port beside its user by its type.
  if (from === 'use case' && to === 'adapter') return isType;
  return from === to || ALLOWED[from].includes(to);
}

function packageProblem(path: string, specifier: string): string | undefined {
  const zone = zoneOf(path);
  if (isTestCode(path) || (zone !== 'domain' && zone !== 'core')) return undefined;
  return PURE_BUILTINS.has(specifier) ? undefined : `may not import the package ${specifier}`;
}

export function zoneOf(path: string): Zone {
  const [top, name, folder, ...rest] = path.split('/');
  if (top === 'shared') return name === 'domain' ? 'domain' : 'shared';
  if (top !== 'functions' || folder === undefined) return 'outer';
  if (rest.length > 0) return folder === 'core' ? 'core' : adapterOr(folder);
  if (folder === 'main.ts') return 'main';
  return folder === 'app.ts' || folder === `${name}.ts` ? 'use case' : 'wiring';
}

function adapterOr(folder: string): Zone {
  return ADAPTER_FOLDERS.has(folder) ? 'adapter' : 'wiring';
}

function functionOf(path: string): string | undefined {
  const [top, name] = path.split('/');
  return top === 'functions' ? name : undefined;
}

/** The imported file's path from the top folder; undefined for a package. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#shared/')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

interface Import {
  readonly specifier: string;
  /** Only types come in: nothing is loaded. */
  readonly isType: boolean;
}

const STATEMENT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/gm;

export function importsOf(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm, '');
  return [...code.matchAll(STATEMENT)].map(([, type, named, dynamic]) => ({
    specifier: named ?? dynamic ?? '',
    isType: type !== undefined,
  }));
}
