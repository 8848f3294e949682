import { TRAPS, type TrapName } from './traps.ts';

/** Errors lose transactions or alerts, or keep all of it from working; warnings cost something. */
export type Severity = 'error' | 'warning';

/** What a finding is about: an object, or a server that was asked. */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Where it stands; absent: it was asked for. */
  readonly file?: string;
  /** Its place among the file's documents, from 1. */
  readonly document?: number;
}

/** One trap that somebody would step into, with the way out. */
export interface Finding {
  readonly trap: TrapName;
  readonly severity: Severity;
  readonly resource: Resource;
  /** One sentence with the field and its value. */
  readonly what: string;
  /** What gets lost. */
  readonly why: string;
  /** YAML or commands to take over as they stand. */
  readonly cure: string;
}

export function finding(
  trap: TrapName,
  resource: Resource,
  { what, cure }: Pick<Finding, 'what' | 'cure'>,
): Finding {
  return { trap, severity: TRAPS[trap].severity, resource, what, why: TRAPS[trap].why, cure };
}
