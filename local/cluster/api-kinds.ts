import type { AskApi } from './api-request.ts';
import { ClusterError } from './cluster.ts';
import { groupOf, type KindRef, type ObjectRef } from './kube-object.ts';

interface ApiResource {
  /** Plural, as in a path; with a `/` it is a part of another resource. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface Kinds {
  serves(kind: KindRef): Promise<boolean>;
  listable(): Promise<readonly KindRef[]>;
  /** Path of an object, of a kind's list when the name is empty; undefined for an unknown kind. */
  pathOf(ref: ObjectRef): Promise<string | undefined>;
  unknown(kind: KindRef): ClusterError;
}

/** What kinds the API serves, and under which paths; each API version is asked once. */
export function createKinds(ask: AskApi): Kinds {
  const versions = new Map<string, Promise<readonly ApiResource[]>>();
  const resourcesOf = (apiVersion: string): Promise<readonly ApiResource[]> => {
    const known = versions.get(apiVersion);
    if (known !== undefined) return known;
    const asking = ask({ method: 'GET', path: baseOf(apiVersion) }).then((found) =>
      ((found as { resources?: ApiResource[] })?.resources ?? []).filter(
        ({ name }) => !name.includes('/'),
      ),
    );
    versions.set(apiVersion, asking);
    asking.catch(() => versions.delete(apiVersion));
    return asking;
  };
  const resourceOf = async ({ apiVersion, kind }: KindRef): Promise<ApiResource | undefined> =>
    (await resourcesOf(apiVersion)).find((resource) => resource.kind === kind);
  return {
    serves: async (kind) => (await resourceOf(kind)) !== undefined,
    async pathOf(ref) {
      const resource = await resourceOf(ref);
      if (resource === undefined) return undefined;
      const isInNamespace = resource.namespaced && ref.namespace !== undefined;
      const where = isInNamespace ? `/namespaces/${encodeURIComponent(ref.namespace ?? '')}` : '';
      const name = ref.name === '' ? '' : `/${encodeURIComponent(ref.name)}`;
      return `${baseOf(ref.apiVersion)}${where}/${resource.name}${name}`;
    },
    async listable() {
      const groups = (await ask({ method: 'GET', path: '/apis' })) as {
        groups: { preferredVersion: { groupVersion: string } }[];
      };
      const all = ['v1', ...groups.groups.map((group) => group.preferredVersion.groupVersion)];
      const found = await Promise.all(
        all.map(async (apiVersion) => {
          // An API that another server answers for may be away; it holds nothing of ours then.
          const resources = await resourcesOf(apiVersion).catch(() => []);
          return resources
            .filter(({ namespaced, verbs }) => namespaced && isSweepable(verbs))
            .map(({ kind }) => ({ apiVersion, kind }));
        }),
      );
      return found.flat();
    },
    unknown: ({ apiVersion, kind }) =>
      new ClusterError(404, `the cluster does not know the kind ${kind} of ${apiVersion}`),
  };
}

function isSweepable(verbs: readonly string[]): boolean {
  return verbs.includes('list') && verbs.includes('delete');
}

function baseOf(apiVersion: string): string {
  return groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
}
