import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Log } from '#shared/log.ts';
import type { Decision, PairTotal, TotalsStore } from '../totals-store.ts';
import { ruleMark } from './rule-mark.ts';
import { stateLifeMs } from './state-life.ts';

/** What the store asks of Redis: its two scripts (see ../lua/args.lua), and to delete a key. */
export interface TotalsCommands {
  add(keys: readonly string[], args: readonly string[]): Promise<Decision>;
  read(keys: readonly string[], args: readonly string[]): Promise<PairTotal | undefined>;
  del(key: string): Promise<unknown>;
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface ScriptedStoreOptions {
  readonly rule: Rule;
  /** How long a pair that nothing happens to is kept, milliseconds (L5). */
  readonly stateTtlMs: number;
  readonly log: Pick<Log, 'warn'>;
  /** In front of every key; tests keep apart by it. */
  readonly keyPrefix?: string;
  /** Entries of a large pair that are kept together, see ../lua/leaves.lua. */
  readonly leafEntries?: number;
}

/** In front of every key of score, unless tests keep apart by another. */
export const KEY_PREFIX = 'sw';

/**
 * Smaller: less to rewrite for one out of order. Larger: fewer leaves to step over in a long
 * window.
 */
const LEAF_ENTRIES = 64;

/**
 * The store in Redis: one script call a transaction, atomic, on the keys of one pair, which carry
 * one hash tag. Cost is flat in the pair's transactions, for those out of order about one step for
 * each 64 of them (see ../lua/).
 */
export function createScriptedStore(
  commands: TotalsCommands,
  options: ScriptedStoreOptions,
): TotalsStore {
  const { rule, stateTtlMs, log, keyPrefix = KEY_PREFIX, leafEntries = LEAF_ENTRIES } = options;
  const prefix = `${keyPrefix}:${ruleMark(rule)}`;
  const ruleArguments = [
    rule.windowMs,
    rule.allowedLatenessMs,
    rule.thresholdMinor,
    rule.updates,
    stateLifeMs(rule, stateTtlMs),
    leafEntries,
  ].map(String);

  return {
    add: (transaction) => {
      const { id, eventTimeMs, amountMinor } = transaction;
      const args = [...ruleArguments, id, String(eventTimeMs), String(amountMinor)];
      return commands.add(keysOf(prefix, transaction, id), args);
    },

    sent: async (transaction) => {
      const unsentKey = keysOf(prefix, transaction, transaction.id)[4] as string;
      try {
        await commands.del(unsentKey);
      } catch (error) {
        // The event is sent again should the transaction come again: repeated, not lost (O3).
        log.warn({ error: String(error) }, 'a sent fraud event could not be noted as sent');
      }
    },

    read: (pair) => commands.read(keysOf(prefix, pair), ruleArguments),
    problem: () => commands.problem(),
    close: () => commands.close(),
  };
}

/** State, older leaves, ids, fraud records, unsent verdict of one transaction: ../lua/args.lua. */
function keysOf(prefix: string, pair: Pair, id = ''): string[] {
  const state = `${prefix}{${pairKey(pair)}:${pair.currency}}`;
  return [state, `${state}l`, `${state}i`, `${state}f`, `${state}o${id}`];
}
