import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { probeMachine } from '../local/services/probe-machine.ts';
import { providePart } from '../local/services/provide-part.ts';

const TIMEOUT_MS = 60_000;

let program: Promise<string> | undefined;

/**
 * What Helm writes out: the Helm that `HELM_PATH` names, else the one in the PATH.
 * @throws MissingPartError that says how to get it; Error with what Helm says is wrong.
 */
export async function runHelm(args: readonly string[]): Promise<string> {
  program ??= findHelm();
  const helm = await program;
  try {
    return (await promisify(execFile)(helm, args, { timeout: TIMEOUT_MS })).stdout;
  } catch (thrown) {
    const { stderr = '' } = thrown as { stderr?: string };
    throw new Error(stderr.trim() || String(thrown), { cause: thrown });
  }
}

async function findHelm(): Promise<string> {
  const part = await providePart('helm', await probeMachine(['helm']), () => {});
  if (part.kind === 'given') return part.value;
  if (part.kind === 'program') return part.path;
  throw new Error('helm does not come from Docker');
}
