import { expect, it } from 'vitest';
import { licenceProblems, licencesPage } from '../../local/licences/licences-page.ts';
import { runtimePackages } from '../../local/licences/runtime-packages.ts';
import { ROOT, readText } from './source-files.ts';

const packages = runtimePackages(ROOT);

it('docs/licences.md lists every package that runs in production, as it is installed', () => {
  expect(readText('docs/licences.md'), 'node local/licences/write-page.ts mends it').toBe(
    licencesPage(packages),
  );
});

it('lists what the lock file has for production, no more and no less', () => {
  const lock = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, { version: string; dev?: true; optional?: true }>;
  };
  const locked = Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`);
  const listed = packages.map(({ name, version }) => `${name} ${version}`);
  expect([...new Set(listed)].sort()).toEqual([...new Set(locked)].sort());
});

it('has no licence among them that nobody has looked at', () => {
  expect(licenceProblems(packages)).toEqual([]);
});

it('tells a licence that is not allowed, and a package without one', () => {
  const of = (licence: string) => ({ name: 'a', version: '1.0.0', licence, broughtBy: ['a'] });
  expect(licenceProblems([of('MIT'), of('AGPL-3.0-only'), of('')])).toEqual([
    'a 1.0.0: AGPL-3.0-only',
    'a 1.0.0: no licence',
  ]);
});
