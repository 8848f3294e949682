import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package of which a bundle has code. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says it. */
  readonly licence: string;
  /** Text of its licence and notice files; empty when it brings none. */
  readonly licenceText: string;
}

const PACKAGE_FOLDER = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The packages that input files come from, each once, in the order of name and version. */
export async function bundledPackages(
  root: string,
  inputs: readonly string[],
): Promise<BundledPackage[]> {
  const folders = new Set<string>();
  for (const input of inputs) {
    const folder = PACKAGE_FOLDER.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const packages = await Promise.all([...folders].map((folder) => readPackage(join(root, folder))));
  const byId = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const said = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const names = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return {
    name: said.name,
    version: said.version,
    licence: said.license ?? 'NOASSERTION',
    licenceText: texts.map((text) => text.trim()).join('\n\n'),
  };
}

/** All licence texts in one file, under the package that each belongs to. */
export function licenceTexts(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, licence, licenceText }) =>
      [`${name} ${version} (${licence})`, licenceText].filter(Boolean).join('\n\n'),
    )
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}
