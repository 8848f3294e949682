import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that runs when the product does, not only when it is developed. */
export interface RuntimePackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as its own package.json says; empty where that says nothing. */
  readonly licence: string;
  /** The dependencies of package.json that need it. */
  readonly broughtBy: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * All packages that those in `dependencies` of a package.json lead to, as they are installed below
 * `root`, by name and version. What is optional and not installed is left out.
 */
export function runtimePackages(root: string): RuntimePackage[] {
  const found = new Map<string, { manifest: Manifest; broughtBy: Set<string> }>();
  const visit = (folder: string, broughtBy: string): void => {
    const known = found.get(folder);
    if (known?.broughtBy.has(broughtBy)) return;
    const manifest = known?.manifest ?? readManifest(folder);
    if (manifest === undefined) throw new Error(`${folder} has no package.json`);
    found.set(folder, { manifest, broughtBy: (known?.broughtBy ?? new Set()).add(broughtBy) });
    const { dependencies, peerDependencies, optionalDependencies = {} } = manifest;
    for (const name of Object.keys({
      ...peerDependencies,
      ...optionalDependencies,
      ...dependencies,
    })) {
      const below = folderOf(root, folder, name);
      if (below !== undefined) visit(below, broughtBy);
      else if (dependencies?.[name] !== undefined && optionalDependencies[name] === undefined) {
        throw new Error(`${manifest.name} needs ${name}, which is not installed`);
      }
    }
  };
  for (const name of Object.keys(readManifest(root)?.dependencies ?? {})) {
    const folder = folderOf(root, root, name);
    if (folder === undefined) throw new Error(`${name} is not installed`);
    visit(folder, name);
  }
  const packages = [...found.values()].map(({ manifest, broughtBy }) => ({
    name: manifest.name,
    version: manifest.version,
    licence: typeof manifest.license === 'string' ? manifest.license : '',
    broughtBy: [...broughtBy].sort(),
  }));
  return packages.sort((a, b) => key(a).localeCompare(key(b), 'en'));
}

/** Where Node finds a package that a file in `from` asks for. */
function folderOf(root: string, from: string, name: string): string | undefined {
  for (let at = from; ; at = join(at, '..')) {
    const folder = join(at, 'node_modules', name);
    if (readManifest(folder) !== undefined) return folder;
    if (at === root) return undefined;
  }
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

function key({ name, version }: RuntimePackage): string {
  return `${name} ${version}`;
}
