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
  /** Runs when it is named, and when these variables say on what. */
  readonly onlyWith?: readonly string[];
}

/** The lanes to run: those that are named, or all that need not be. */
export function lanesToRun(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly Lane[] {
  if (names.length > 0) return LANES.filter(({ name }) => names.includes(name));
  return LANES.filter(
    ({ isExtra, onlyWith = [] }) => !isExtra && onlyWith.every((variable) => environment[variable]),
  );
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
  {
    name: 'sim',
    summary: 'a thousand simulated hours of failures',
    needs: [],
    project: 'sim',
  },
  {
    name: 'fuzz',
    summary: 'two hundred thousand mutated requests against a second reading',
    needs: [],
    project: 'fuzz',
  },
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
    name: 'chaos',
    summary: 'real parts, broken under load, with a Redis and Kafka of its own',
    needs: [],
    project: 'chaos',
  },
  {
    name: 'chart',
    summary: 'the chart by Helm, the kn lines; only when named',
    needs: ['helm', 'kn'],
    project: 'chart',
    isExtra: true,
  },
  {
    name: 'knative',
    summary: 'on a real cluster; when named, or with KUBECONFIG and KNATIVE_VALUES set',
    needs: [],
    project: 'knative',
    onlyWith: ['KUBECONFIG', 'KNATIVE_VALUES'],
  },
];
