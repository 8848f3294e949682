import type { Command } from 'commander';

/**
 * Ends in a usage error that names every flag that is missing, by how it is written. Commander's
 * own mandatory options name the first alone, and hide what else is wrong.
 */
export function needFlags(
  command: Command,
  flags: Readonly<Record<string, unknown>>,
  instead = '',
): void {
  const missing = Object.keys(flags).filter((flag) => flags[flag] === undefined);
  if (missing.length === 0) return;
  const verb = missing.length === 1 ? 'is' : 'are';
  command.error(`splitwatch: ${missing.join(' and ')} ${verb} needed${instead}`);
}
