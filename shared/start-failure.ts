import { CONFIG_EXIT_CODE, ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';

/**
 * Ends a function that cannot start: one line for each problem on standard error, no stack; exit
 * code 78 for its configuration, 1 for anything else.
 */
export function endOnStartFailure(error: unknown): never {
  const isConfig = error instanceof ConfigError;
  const said = error instanceof AppError ? error.message : String(error);
  for (const line of isConfig ? error.problems : [said]) process.stderr.write(`${line}\n`);
  process.exit(isConfig ? CONFIG_EXIT_CODE : 1);
}
