import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The chart as plain YAML, for `kubectl apply -f knative/`: one file for each template that renders
 * to something with the chart's own values, under the template's name, so in the order to apply.
 */
export const CHART_FOLDER = join(import.meta.dirname, 'chart');

/** Names the Secrets without holding them: what is secret is made on the cluster, see README.md. */
export const PLAIN_ARGUMENTS: readonly string[] = [
  ...['template', 'splitwatch', CHART_FOLDER, '--skip-tests'],
  ...['--set', 'redis.existingSecret=splitwatch-redis'],
  ...['--set', 'notify.pageToken.existingSecret=splitwatch-page'],
];

/** The last of them parts the documents of files that are read one after another. */
const HEADER_LINES = 4;
const SOURCE = /^# Source: splitwatch\/templates\/(\S+)\n/;

/** What `helm template` wrote, by file name. */
export function splitBySource(rendered: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of rendered.split(/^---\n/m)) {
    const name = SOURCE.exec(part)?.[1];
    if (name === undefined) continue;
    const text = withoutHelm(part.replace(SOURCE, '')).trim();
    const before = files.get(name);
    files.set(name, before === undefined ? `${text}\n` : `${before}---\n${text}\n`);
  }
  return files;
}

/** Helm's own annotations mean nothing to kubectl. */
function withoutHelm(text: string): string {
  return text.replace(/^ *helm\.sh\/.*\n/gm, '').replace(/^ *annotations:\n(?=\S)/gm, '');
}

/**
 * The first lines of a plain file. The two digests let a test see without Helm that the chart has
 * changed since, or that somebody changed the file itself.
 */
export function withHeader(text: string, chart: string): string {
  return `# Made from knative/chart by \`node knative/render.ts\`; change that and run it again.
# chart sha256:${chart}
# below sha256:${digest(text)}
---
${text}`;
}

/** The digests that the header names, and those that it should name. */
export function readHeader(file: string): { readonly said: string[]; readonly below: string } {
  const said = [...file.matchAll(/^# (?:chart|below) sha256:([0-9a-f]{64})$/gm)];
  return {
    said: said.map(([, hex]) => hex as string),
    below: digest(file.split('\n').slice(HEADER_LINES).join('\n')),
  };
}

/** Of every file that can change what the chart renders to. */
export function chartDigest(folder: string = CHART_FOLDER): string {
  const paths = globSync(['Chart.yaml', 'values.yaml', 'templates/*.{yaml,tpl}'], {
    cwd: folder,
  }).sort();
  const files = paths.map((path) => `${path}\n${readFileSync(join(folder, path), 'utf8')}`);
  return digest(files.join('\0'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
