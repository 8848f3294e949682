import { AppError } from '#shared/errors.ts';
import {
  ADD_SCRIPT,
  COMMIT_SCRIPT,
  HAND_OVER_SCRIPT,
  READ_SCRIPT,
} from '../../../functions/score/lua/scripts.ts';
import { readDecision, readPairTotal } from '../../../functions/score/store/redis-replies.ts';
import { createScriptedStore } from '../../../functions/score/store/scripted-store.ts';
import {
  commitWords,
  refusedOf,
  type TotalsCommands,
} from '../../../functions/score/store/totals-commands.ts';
import type { Decision } from '../../../functions/score/totals-store.ts';
import { createKeySpace, type KeySpace } from './key-space.ts';
import { compileLua, type LuaScript } from './lua-machine.ts';
import type { TotalsParts } from './memory-totals.ts';
import { type SimTotals, STORE_DEADLINE_MS } from './sim-totals.ts';
import { watchedCommands } from './watched-commands.ts';

/** Each revision of score has other sizes, and must read what the other has written. */
const SIZES = [
  { textEntries: 64, leafEntries: 64 },
  { textEntries: 3, leafEntries: 3 },
];

interface Scripts {
  readonly add: LuaScript;
  readonly read: LuaScript;
  readonly commit: LuaScript;
  readonly handOver: LuaScript;
}

let compiled: Scripts | undefined;

/**
 * The simulated Redis with the real scripts in it: score's own store for Redis calls them over the
 * wire, and they run, to the letter, in a Lua interpreter on simulated keys.
 */
export function createLuaTotals(parts: TotalsParts): SimTotals {
  const { rule, stateTtlMs, time, wire, server, onAdd } = parts;
  const keys = createKeySpace(() => time.nowMs);
  const options = {
    ...{ rule, stateTtlMs, log: { warn: () => {} }, timeoutMs: STORE_DEADLINE_MS },
    ...{ soon: queueMicrotask, elapsedMs: () => time.nowMs, chance: 0 },
  };
  const failure = (reason: string): AppError => new AppError('state', `Redis: ${reason}`);
  const direct = commandsOn(keys);
  let stores = 0;
  /** Counts what was written under each key, and what was lost. */
  const writings = new Map<string, number>();
  let losses = 0;
  return {
    storeFor: (process, revision) => {
      stores += 1;
      const watched = watchedCommands({
        direct,
        onAdd,
        wrote: (key) => writings.set(key, stateOf(key) + 1),
        stateOf: (key) => stateOf(key) + losses * 1_000_000,
        ask: (name, work, show) =>
          wire.call({
            ...{ name, from: process, to: server, failure, show, work },
            deadlineMs: STORE_DEADLINE_MS,
          }),
      });
      const sizes = SIZES[revision % SIZES.length];
      const chance = stores / 1_000_000;
      const store = createScriptedStore(watched.commands, { ...options, ...sizes, chance });
      return {
        ...store,
        add: async (transaction) => {
          const decision: Decision = await store.add(transaction);
          watched.answered(transaction, decision);
          return decision;
        },
      };
    },
    read: (pair) => createScriptedStore(direct, options).read(pair),
    loseSince: (timeMs) => {
      losses += 1;
      keys.loseSince(timeMs);
    },
    loseAll: () => {
      losses += 1;
      keys.loseAll();
    },
  };

  function stateOf(key: string): number {
    return writings.get(key) ?? 0;
  }
}

/** The commands as Redis runs them, at once. */
export function commandsOn(keys: KeySpace): TotalsCommands {
  compiled ??= {
    add: compileLua(ADD_SCRIPT),
    read: compileLua(READ_SCRIPT),
    commit: compileLua(COMMIT_SCRIPT),
    handOver: compileLua(HAND_OVER_SCRIPT),
  };
  const { add, read, commit, handOver } = compiled;
  const get = (name: string): string | null => {
    const bytes = keys.call('GET', [Buffer.from(name)]);
    return typeof bytes === 'object' ? Buffer.from(bytes).toString() : null;
  };
  return {
    isSpread: false,
    get: async (names) => names.map(get),
    commit: async (commits, lifeMs) => {
      const words = commitWords(commits, lifeMs);
      const reply = commit(words.keys, words.args, keys.call);
      return refusedOf(Buffer.from(reply).toString());
    },
    handOver: async (names, args) =>
      Buffer.from(handOver(names, args, keys.call)).toString() === '1',
    add: async (names, args) => readDecision(Buffer.from(add(names, args, keys.call))),
    read: async (names, args) => readPairTotal(Buffer.from(read(names, args, keys.call))),
    del: async (names) =>
      keys.call(
        'DEL',
        names.map((name) => Buffer.from(name)),
      ),
    problem: async () => undefined,
    close: async () => {},
  };
}
