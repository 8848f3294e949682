import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartDigest, readHeader, splitBySource, withHeader } from './plain-yaml.ts';

const FILES = globSync('[0-9][0-9]-*.yaml', { cwd: import.meta.dirname }).sort();

it('has a file for each template that the chart renders by itself', () => {
  expect(FILES.map((name) => name.slice(3, -5))).toEqual([
    ...['topics', 'redis', 'sinks', 'binding', 'score', 'notify', 'generate', 'sources'],
  ]);
});

it.each(FILES)('%s is what the chart of today rendered, and nobody changed it', (name) => {
  const { said, below } = readHeader(readFileSync(join(import.meta.dirname, name), 'utf8'));
  expect(said, 'run: node knative/render.ts').toEqual([chartDigest(), below]);
});

describe('a header', () => {
  it('agrees with the text below it until that changes', () => {
    const file = withHeader('kind: A\n', 'c'.repeat(64));
    const { said, below } = readHeader(file);
    expect(said).toEqual(['c'.repeat(64), below]);
    expect(readHeader(`${file}more`).below).not.toBe(below);
  });
});

describe('splitting what Helm rendered', () => {
  const rendered = `---
# Source: splitwatch/templates/20-b.yaml
kind: Two
---
# Source: splitwatch/templates/10-a.yaml
kind: Job
metadata:
  annotations:
    helm.sh/hook: pre-install
spec: {}
---
# Source: splitwatch/templates/20-b.yaml
kind: Three
metadata:
  annotations:
    helm.sh/resource-policy: keep
    other: stays
`;

  it('puts what came from one template into one file, in order', () => {
    expect(splitBySource(rendered).get('20-b.yaml')).toBe(`kind: Two
---
kind: Three
metadata:
  annotations:
    other: stays
`);
  });

  it("leaves Helm's own annotations out", () => {
    expect(splitBySource(rendered).get('10-a.yaml')).toBe('kind: Job\nmetadata:\nspec: {}\n');
  });
});
