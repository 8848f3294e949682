import type { BundledPackage } from './bundled-packages.ts';

export interface SbomParts {
  readonly functionName: string;
  readonly version: string;
  /** Seconds since 1970. */
  readonly timeS: number;
  readonly packages: readonly BundledPackage[];
  /** Undefined where the base image brings Node, and a list of its own. */
  readonly nodeVersion?: string;
}

/** What is in an image of ours, as CycloneDX 1.6: the packages in the bundle, and Node. */
export function sbomText({ packages, nodeVersion, ...parts }: SbomParts): string {
  const node = nodeVersion === undefined ? [] : [nodeComponent(nodeVersion)];
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(parts.timeS * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': `splitwatch-${parts.functionName}`,
        name: `splitwatch-${parts.functionName}`,
        version: parts.version,
      },
    },
    components: [...node, ...packages.map(packageComponent)],
  };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}

function packageComponent({ name, version, licence }: BundledPackage): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const licenses = licence === 'NOASSERTION' ? {} : { licenses: [{ expression: licence }] };
  return { type: 'library', 'bom-ref': purl, name, version, purl, ...licenses };
}

function nodeComponent(version: string): object {
  const purl = `pkg:generic/node@${version}`;
  return { type: 'platform', 'bom-ref': purl, name: 'node', version, purl };
}
