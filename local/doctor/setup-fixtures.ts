import { loadAll } from 'js-yaml';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import type { KubeObject } from '../cluster/kube-object.ts';
import type { Finding } from './finding.ts';
import { objectsOf, readManifests } from './read-manifests.ts';
import type { Placed, Setup } from './setup.ts';

/** An object to plant traps in: every field may be set. */
// biome-ignore lint/suspicious/noExplicitAny: what it holds depends on the kind.
export type Editable = any;

const PLAIN_FOLDER = `${CHART_FOLDER}/..`;

export const setupOf = (objects: readonly Placed[]): Setup => ({ objects, topics: [], redis: [] });

/** Our own manifests as they are committed, each object of the caller's own. */
export async function ownManifests(): Promise<readonly Placed[]> {
  return structuredClone(await readManifests([PLAIN_FOLDER], async () => ''));
}

export function manifests(yaml: string): readonly Placed[] {
  return objectsOf('planted.yaml', yaml);
}

/** The object to edit, by kind and name. */
export function pick(objects: readonly Placed[], kindAndName: string): Editable {
  const found = objects.find(
    ({ object: { kind, metadata, apiVersion } }) =>
      `${apiVersion === 'v1' ? 'core ' : ''}${kind} ${metadata.name}` === kindAndName,
  );
  if (found === undefined) throw new Error(`there is no ${kindAndName}`);
  return found.object;
}

/**
 * The objects once somebody has done what the cure says, its first document: a new object stands
 * beside the others, all else goes into the object that the finding is about.
 */
export function cured(objects: readonly Placed[], { cure, resource }: Finding): readonly Placed[] {
  const [change] = loadAll(cure) as Editable[];
  const copies = structuredClone(objects);
  if (change.kind !== undefined) return [...copies, { object: change as KubeObject }];
  const about = copies.find(
    ({ object, document, file }) =>
      object.metadata.name === resource.name &&
      object.kind === resource.kind &&
      document === resource.document &&
      file === resource.file,
  );
  if (about === undefined) throw new Error(`there is no ${resource.kind} ${resource.name}`);
  const object = about.object as Editable;
  const { args, env, image, ...rest } = change;
  const [container] = object.spec?.template?.spec?.containers ?? [];
  if (args !== undefined) container.args = [...(container.args ?? []), ...args];
  if (env !== undefined) container.env = env;
  if (image !== undefined) container.image = image;
  merge(object, rest);
  return copies;
}

function merge(into: Editable, from: Editable): void {
  for (const [name, value] of Object.entries(from)) {
    const isDeep = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (isDeep && typeof into[name] === 'object') merge(into[name], value);
    else into[name] = value;
  }
}
