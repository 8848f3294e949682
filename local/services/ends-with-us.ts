import { signalGroup } from './process-group.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Leaders of the groups that run now. */
const groups = new Set<number>();

/**
 * Has a process group of ours end when we do: a signal that is sent to us alone, by `kill` or a
 * CI system, would leave it running otherwise. While there is one, such a signal ends the groups
 * first, then us with the exit code that shells give it. Call what is returned when it has ended.
 */
export function endsWithUs(group: number): () => void {
  if (groups.size === 0) watch('on');
  groups.add(group);
  return () => {
    groups.delete(group);
    if (groups.size === 0) watch('off');
  };
}

function watch(how: 'on' | 'off'): void {
  for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) process[how](signal, end);
  process[how]('exit', endGroups);
}

function end(signal: keyof typeof SIGNALS): void {
  process.exit(SIGNALS[signal]); // which ends the groups, below
}

function endGroups(): void {
  for (const group of groups) signalGroup(group, 'SIGTERM');
}
