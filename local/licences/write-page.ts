import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencesPage } from './licences-page.ts';
import { runtimePackages } from './runtime-packages.ts';

// `node local/licences/write-page.ts` writes docs/licences.md anew, after a change of dependencies.
const root = join(import.meta.dirname, '../..');
writeFileSync(join(root, 'docs/licences.md'), licencesPage(runtimePackages(root)));
