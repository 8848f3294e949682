import type { RuntimePackage } from './runtime-packages.ts';

/**
 * Licences that ask for no more than that their text goes along. Another one is to be read by
 * whoever answers for the product, and then added here.
 */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense', 'PSF-2.0'],
]);

/** Packages whose licence is none of those that are allowed, in words. */
export function licenceProblems(packages: readonly RuntimePackage[]): string[] {
  return packages
    .filter(({ licence }) => !ALLOWED_LICENCES.has(licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence || 'no licence'}`);
}

/** docs/licences.md: every package that runs in production. */
export function licencesPage(packages: readonly RuntimePackage[]): string {
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const summary = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([licence, count]) => `${count} ${licence}`)
    .join(', ');
  const rows = packages.map(({ name, version, licence, broughtBy }) => {
    const reason = broughtBy.length === 1 && broughtBy[0] === name ? '–' : broughtBy.join(', ');
    return `| ${name} | ${version} | ${licence} | ${reason} |`;
  });
  return `# Licences of the dependencies

Every package that runs in production, of the functions and of the command line, with what its own package.json says: ${summary}. Made by \`node local/licences/write-page.ts\`; a test keeps it equal to what is installed, and refuses a licence that nobody has looked at (\`ALLOWED_LICENCES\` in \`local/licences/licences-page.ts\`). What is in one image, its list of parts says (docs/images.md); Node itself is under the MIT licence, with those of its parts beside it. The project's own licence is its owner's to choose.

| package | version | licence | brought by |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
