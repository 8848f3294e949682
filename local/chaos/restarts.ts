import type { Fault } from './faults.ts';
import type { StageFunctions } from './stage-functions.ts';

const NAMES = ['score', 'notify', 'source', 'sink'] as const;

/**
 * From here on, how often a process was started again. The result tells, after some faults, which
 * processes died that none of them killed: of a full heap, or of an error that nobody caught.
 */
export function countRestarts(
  functions: StageFunctions,
): (faults: readonly Fault[]) => readonly string[] {
  const before = NAMES.map((name) => ({
    name,
    kept: functions[name],
    was: functions[name].restarts,
  }));
  return (faults) =>
    before.flatMap(({ name, kept, was }) => {
      const now = functions[name];
      const moved = now === kept ? 0 : now.restarts; // the source may have been replaced
      const killed = faults.filter((fault) => fault.kills === name).length;
      const died = kept.restarts - was + moved - killed;
      return died === 0 ? [] : [`${name} died ${died} times more than it was killed`];
    });
}
