import { loadAll } from 'js-yaml';

/** A resource as it stands in YAML. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what it holds depends on the kind.
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** Every resource in the text, in order; documents that hold none are left out. */
export function readManifests(text: string): Manifest[] {
  return loadAll(text).filter((manifest) => manifest != null) as Manifest[];
}

/** The resource's kind and name, which no two of a namespace share; Knative's Service is `ksvc`. */
export function kindAndName({ apiVersion, kind, metadata }: Manifest): string {
  return `${apiVersion.startsWith('serving.') ? 'ksvc' : kind} ${metadata.name}`;
}

/** @throws Error when there is none. */
export function findManifest(manifests: readonly Manifest[], wanted: string): Manifest {
  const found = manifests.find((manifest) => kindAndName(manifest) === wanted);
  if (found === undefined) throw new Error(`there is no ${wanted}`);
  return found;
}

/** The environment of the one container that the resource's pods have. */
export function envOf({ spec }: Manifest): readonly EnvEntry[] {
  return spec.template.spec.containers[0].env;
}
