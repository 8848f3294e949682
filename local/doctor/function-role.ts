import { fieldOf, type KubeObject, listOf, textOf } from '../cluster/kube-object.ts';
import { type Placed, referenceAt, resolve, type Setup } from './setup.ts';

export type FunctionRole = 'score' | 'notify' | 'generate';

const ROLES: readonly FunctionRole[] = ['score', 'notify', 'generate'];

/** Which of our functions a Knative Service is: by its label, its image, else its name. */
export function roleOf(object: KubeObject): FunctionRole | undefined {
  const label = object.metadata.labels?.['app.kubernetes.io/component'];
  const image = /splitwatch-([a-z]+)(?=[:@]|$)/.exec(textOf(containerOf(object), 'image'))?.[1];
  return (
    ROLES.find((role) => role === label) ??
    ROLES.find((role) => role === image) ??
    ROLES.find((role) => role === object.metadata.name)
  );
}

/** The Service that a source or binding leads to, as far as it was read. */
export function sinkService(setup: Setup, source: Placed): Placed | undefined {
  const reference = referenceAt(source, 'spec', 'sink', 'ref');
  return reference && resolve(setup, reference);
}

/** Whether a source feeds score: a Service that was not read is known by its name alone. */
export function feedsScore(setup: Setup, source: Placed): boolean {
  const service = sinkService(setup, source);
  if (service !== undefined) return roleOf(service.object) === 'score';
  return referenceAt(source, 'spec', 'sink', 'ref')?.name === 'score';
}

/** A setting of a function; undefined where it is not set, or comes from a Secret. */
export function settingOf(object: KubeObject, name: string): string | undefined {
  const entry = listOf(containerOf(object), 'env').find((item) => textOf(item, 'name') === name);
  const value = fieldOf(entry, 'value');
  return value === undefined || value === '' ? undefined : String(value);
}

/** Whether it is set at all, wherever from. */
export function hasSetting(object: KubeObject, name: string): boolean {
  const entry = listOf(containerOf(object), 'env').find((item) => textOf(item, 'name') === name);
  return fieldOf(entry, 'valueFrom') !== undefined || settingOf(object, name) !== undefined;
}

function containerOf(object: KubeObject): unknown {
  return listOf(object, 'spec', 'template', 'spec', 'containers')[0];
}
