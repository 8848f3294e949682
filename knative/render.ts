import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartDigest, PLAIN_ARGUMENTS, splitBySource, withHeader } from './plain-yaml.ts';
import { runHelm } from './run-helm.ts';

// `node knative/render.ts` writes the plain YAML files anew. Needs Helm: HELM_PATH, or in the PATH.
const folder = import.meta.dirname;
const files = splitBySource(await runHelm(PLAIN_ARGUMENTS));
const chart = chartDigest();
for (const old of globSync('[0-9][0-9]-*.yaml', { cwd: folder })) rmSync(join(folder, old));
for (const [name, text] of files) writeFileSync(join(folder, name), withHeader(text, chart));
process.stdout.write(`${[...files.keys()].sort().join('\n')}\n`);
