import { PARTS, type PartName } from './parts.ts';

/** What was found on this machine: a value, so that choosing is tested without any machine. */
export interface Machine {
  /** As Node names it: `linux`, `darwin`, … */
  readonly platform: string;
  /** Values of the parts' environment variables, where set and not empty. */
  readonly given: Readonly<Partial<Record<PartName, string>>>;
  /** Paths of the parts' programs, where found, new enough and able to start. */
  readonly programs: Readonly<Partial<Record<PartName, string>>>;
  /** The Docker daemon answers. */
  readonly hasDocker: boolean;
  /** apt-get is here and we are root. */
  readonly canInstall: boolean;
}

export type PartChoice =
  | { readonly kind: 'given'; readonly value: string }
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'docker'; readonly image: string }
  | { readonly kind: 'install'; readonly packages: readonly string[] }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Where a part comes from: what the user names; else the program on the machine; else Docker; else
 * the distribution's package, as root; else one sentence that says what to install.
 */
export function choosePart(name: PartName, machine: Machine): PartChoice {
  const part = PARTS[name];
  const value = machine.given[name];
  if (value !== undefined) return { kind: 'given', value };
  const path = machine.programs[name];
  if (path !== undefined) return { kind: 'program', path };
  if (machine.hasDocker && part.image) return { kind: 'docker', image: part.image };
  if (machine.canInstall && part.packages.length > 0) {
    return { kind: 'install', packages: part.packages };
  }
  const command = machine.platform === 'darwin' ? part.install.darwin : part.install.other;
  const docker = part.image ? ', start Docker' : '';
  const wanted = name === 'kafka' ? 'kafka needs Java 17 or newer' : `${name} is missing`;
  return {
    kind: 'missing',
    reason: `${wanted}: install it (${command})${docker}, or set ${part.variable}`,
  };
}
