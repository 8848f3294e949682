import type { Diagnosis } from './diagnose.ts';
import type { Finding, Resource } from './finding.ts';

/** What people read: a block for each finding, what could not be checked, the sum. */
export function reportLines(diagnosis: Diagnosis): readonly string[] {
  const { findings, looked, unchecked } = diagnosis;
  const kinds = Object.entries(looked).map(([kind, number]) => `${number} ${kind}`);
  return [
    ...findings.flatMap(blockOf),
    ...(findings.length > 0 ? [] : [`Nothing found in ${kinds.join(', ')}.`]),
    ...(unchecked.length > 0 ? ['Not checked:'] : []),
    ...unchecked.map((item) => `  ${item}`),
    sumOf(diagnosis),
  ];
}

export function countOf({ findings }: Diagnosis, severity: Finding['severity']): number {
  return findings.filter((one) => one.severity === severity).length;
}

function blockOf({ trap, severity, resource, what, why, cure }: Finding): readonly string[] {
  return [
    `${showResource(resource)}: ${severity} ${trap}`,
    `  what: ${what}`,
    `  why:  ${why}`,
    '  cure:',
    ...cure.split('\n').map((line) => `    ${line}`),
    '',
  ];
}

function showResource({ kind, name, namespace, file, document }: Resource): string {
  const where =
    file === undefined ? namespace && `namespace ${namespace}` : placeOf(file, document);
  return where ? `${kind} ${name} (${where})` : `${kind} ${name}`;
}

function placeOf(file: string, document: number | undefined): string {
  return document === undefined ? file : `${file}, document ${document}`;
}

function sumOf(diagnosis: Diagnosis): string {
  const of = (number: number, word: string): string =>
    `${number} ${word}${number === 1 ? '' : 's'}`;
  const errors = of(countOf(diagnosis, 'error'), 'error');
  const warnings = of(countOf(diagnosis, 'warning'), 'warning');
  return `${errors}, ${warnings} in ${of(diagnosis.resources, 'resource')}`;
}
