import { expect, it } from 'vitest';
import { lanesToRun } from './lanes.ts';

const namesOf = (names: readonly string[], environment = {}): readonly string[] =>
  lanesToRun(names, environment).map(({ name }) => name);

it('runs a lane that needs a cluster only where one is said to be there, or when it is named', () => {
  expect(namesOf([])).not.toContain('knative');
  expect(namesOf([], { KUBECONFIG: 'k' })).not.toContain('knative');
  expect(namesOf([], { KUBECONFIG: 'k', KNATIVE_VALUES: 'v' })).toContain('knative');
  expect(namesOf(['knative', 'unit'])).toEqual(['unit', 'knative']);
});
