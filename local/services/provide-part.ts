import { choosePart, type Machine, type PartChoice } from './choose-part.ts';
import { PARTS, type PartName } from './parts.ts';
import { findProgram } from './probe-machine.ts';
import { runProgramFile } from './run-program.ts';

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** A part that cannot be had on this machine; its message is one sentence that says what to do. */
export class MissingPartError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MissingPartError';
  }
}

export type ReadyPart = Exclude<PartChoice, { readonly kind: 'install' | 'missing' }>;

/**
 * Chooses where a part comes from and installs its package where that is the choice. One at a time:
 * two installations would wait for one another's lock.
 *
 * @throws MissingPartError when it cannot be had.
 */
export async function providePart(
  name: PartName,
  machine: Machine,
  log: (line: string) => void,
): Promise<ReadyPart> {
  const choice = choosePart(name, machine);
  if (choice.kind === 'missing') throw new MissingPartError(choice.reason);
  if (choice.kind !== 'install') return choice;
  return { kind: 'program', path: await install(name, choice.packages, log) };
}

async function install(
  name: PartName,
  packages: readonly string[],
  log: (line: string) => void,
): Promise<string> {
  log(`${name}: installing a package (${packages.join(' or ')})`);
  await aptGet(['update', '-qq']);
  let output = '';
  for (const one of packages) {
    const run = await aptGet(['install', '-qq', '-y', '--no-install-recommends', one]);
    output = run.output;
    const path = run.exitCode === 0 ? await findProgram(name) : undefined;
    if (path !== undefined) return path;
  }
  const last = output.trim().split('\n').at(-1) ?? '';
  throw new MissingPartError(
    `${name}: apt-get could not install ${packages.join(' or ')} (${last}); ` +
      `install it or set ${PARTS[name].variable}`,
  );
}

function aptGet(args: readonly string[]): ReturnType<typeof runProgramFile> {
  return runProgramFile('apt-get', args, {
    timeoutMs: INSTALL_TIMEOUT_MS,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
