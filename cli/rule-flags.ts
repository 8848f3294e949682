import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatAmount, parseAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { askRule } from '../local/rebuild/score-rule.ts';
import { parseDuration } from './duration.ts';

/** What was typed; the rest score says, or its defaults are. */
export interface RuleFlags {
  readonly score?: string;
  readonly window?: number;
  readonly lateness?: number;
  readonly threshold?: number;
  readonly stateTtl?: number;
}

/** The rule to go by, how long score keeps idle pairs, and who said so. */
export interface ChosenRule {
  readonly rule: Rule;
  readonly stateTtlMs: number;
  /** `window 10m, …, as score says`: one line for people. */
  readonly words: string;
}

const DEFAULT_RULE: Rule = {
  ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'doubling' },
  ...{ windowMs: 600_000, allowedLatenessMs: 600_000, thresholdMinor: 1_000_000 },
};
const DEFAULT_STATE_TTL_MS = 86_400_000;
/** A pod that is only starting may take so long to answer. */
const PATIENCE_MS = 10_000;

/** The rule that score runs with: asked of it, else its defaults; each flag goes before both. */
export function withRuleFlags(command: Command): Command {
  const unless = 'as score says by --score, else';
  return command
    .option('--score <url>', 'where score listens; it says by which rule')
    .addOption(duration('--window <time>', `length of the window; ${unless} 10m`))
    .addOption(duration('--lateness <time>', `the allowed lateness; ${unless} 10m`))
    .addOption(
      new Option('--threshold <amount>', `the threshold; ${unless} 10000.00`).argParser(
        parseThreshold,
      ),
    );
}

/** Adds `--state-ttl`. */
export function withStateTtlFlag(command: Command): Command {
  const summary = 'how long score keeps idle pairs (STATE_TTL_MS); as score says, else 24h';
  return command.addOption(duration('--state-ttl <time>', summary));
}

/**
 * Asks score where it is known.
 * @throws Error in words when it does not answer, or is not score.
 */
export async function chooseRule(
  flags: RuleFlags,
  token = process.env.AUTH_TOKEN,
): Promise<ChosenRule> {
  const { score: url, window, lateness, threshold, stateTtl } = flags;
  const asked =
    url === undefined
      ? undefined
      : await askRule({ url, token }, new AbortController().signal, PATIENCE_MS);
  const { rule: known, stateTtlMs: knownTtlMs } = asked ?? {
    ...{ rule: DEFAULT_RULE, stateTtlMs: DEFAULT_STATE_TTL_MS },
  };
  const rule: Rule = {
    ...known,
    windowMs: window ?? known.windowMs,
    allowedLatenessMs: lateness ?? known.allowedLatenessMs,
    thresholdMinor: threshold ?? known.thresholdMinor,
  };
  const given = Object.entries({ window, lateness, threshold, 'state-ttl': stateTtl });
  const typed = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
  const says = asked === undefined ? "score's defaults; --score URL asks it" : 'as score says';
  const words = [
    ...[`window ${timeText(rule.windowMs)}`, `lateness ${timeText(rule.allowedLatenessMs)}`],
    ...[`threshold ${formatAmount(rule.thresholdMinor)}`],
    typed.length === 0 ? says : `${says}, but for ${typed.join(', ')}`,
  ];
  return { rule, stateTtlMs: stateTtl ?? knownTtlMs, words: words.join(', ') };
}

/** As `parseDuration` reads it, in the largest unit that says it whole. */
function timeText(timeMs: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [name, size] = units.find(([, unit]) => timeMs >= unit && timeMs % unit === 0) ?? ['ms', 1];
  return `${timeMs / size}${name}`;
}

function duration(flags: string, summary: string): Option {
  return new Option(flags, summary).argParser(parseDuration);
}

function parseThreshold(text: string): number {
  const amountMinor = parseAmount(text);
  if (amountMinor !== undefined) return amountMinor;
  throw new InvalidArgumentError('expected an amount such as 10000.00');
}
