import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAmount } from '#shared/domain/amount.ts';
import { parseDuration } from './duration.ts';

export interface RuleFlags {
  readonly window: number;
  readonly lateness: number;
  readonly threshold: number;
}

/** The rule that score runs with; its defaults unless given. */
export function withRuleFlags(command: Command): Command {
  return command
    .addOption(duration('--window <time>', 'length of the window, as score has it', 600_000, '10m'))
    .addOption(
      duration('--lateness <time>', 'the allowed lateness, as score has it', 600_000, '10m'),
    )
    .addOption(
      new Option('--threshold <amount>', 'the threshold, as score has it')
        .argParser(parseThreshold)
        .default(1_000_000, '10000.00'),
    );
}

function duration(flags: string, summary: string, fallbackMs: number, text: string): Option {
  return new Option(flags, summary).argParser(parseDuration).default(fallbackMs, text);
}

function parseThreshold(text: string): number {
  const amountMinor = parseAmount(text);
  if (amountMinor !== undefined) return amountMinor;
  throw new InvalidArgumentError('expected an amount such as 10000.00');
}
