import type { PartName } from '../../local/services/parts.ts';

/** A group of tests that need the same things; see CONTRIBUTING.md. */
export interface Lane {
  readonly name: string;
  readonly summary: string;
  /** What has to run, or be installed, before it can start. */
  readonly needs: readonly PartName[];
  /** Project of vitest.config.ts; undefined for the one lane that runs other tools. */
  readonly project: string | undefined;
  /** Runs only when it is named: it needs what no package of a distribution brings. */
  readonly isExtra?: true;
}

/** Every lane, quickest first. */
export const LANES: readonly Lane[] = [
  { name: 'check', summary: 'format, lint and types', needs: [], project: undefined },
  {
    name: 'tidy',
    summary: 'house rules: imports, clocks, sizes, docs',
    needs: [],
    project: 'tidy',
  },
  { name: 'unit', summary: 'everything that needs no server', needs: [], project: 'unit' },
  { name: 'redis', summary: 'on a real Redis', needs: ['redis'], project: 'redis' },
  { name: 'kafka', summary: 'on a real Kafka broker', needs: ['kafka'], project: 'kafka' },
  {
    name: 'page',
    summary: 'the page in a real browser',
    needs: ['redis', 'chromium'],
    project: 'page',
  },
  {
    name: 'e2e',
    summary: 'the whole line, and the README as typed',
    needs: ['redis', 'kafka', 'hey'],
    project: 'e2e',
  },
  {
    name: 'chart',
    summary: 'the chart by Helm, the kn lines; only when named',
    needs: ['helm', 'kn'],
    project: 'chart',
    isExtra: true,
  },
];
