import { AppError } from '#shared/errors.ts';
import { ADD_SCRIPT, READ_SCRIPT } from '../../../functions/score/lua/scripts.ts';
import { readDecision, readPairTotal } from '../../../functions/score/store/redis-replies.ts';
import {
  createScriptedStore,
  type TotalsCommands,
} from '../../../functions/score/store/scripted-store.ts';
import { createKeySpace, type KeySpace } from './key-space.ts';
import { compileLua, type LuaScript } from './lua-machine.ts';
import type { TotalsParts } from './memory-totals.ts';
import { type SimTotals, STORE_DEADLINE_MS, showDecision } from './sim-totals.ts';

/** Each revision of score keeps leaves of another size, and must read those of the other. */
const LEAF_ENTRIES = [64, 3];

let compiled: { readonly add: LuaScript; readonly read: LuaScript } | undefined;

/**
 * The simulated Redis with the real scripts in it: score's own store for Redis calls them over the
 * wire, and they run, to the letter, in a Lua interpreter on simulated keys.
 */
export function createLuaTotals(parts: TotalsParts): SimTotals {
  const { rule, stateTtlMs, time, wire, server, onAdd } = parts;
  const keys = createKeySpace(() => time.nowMs);
  const options = { rule, stateTtlMs, log: { warn: () => {} } };
  const failure = (reason: string): AppError => new AppError('state', `Redis: ${reason}`);
  return {
    storeFor: (process, revision) => {
      const ask = <T>(name: string, work: () => Promise<T>, show: (reply: T) => string) =>
        wire.call({
          ...{ name, from: process, to: server, failure, show, work },
          deadlineMs: STORE_DEADLINE_MS,
        });
      const direct = commandsOn(keys);
      const commands: TotalsCommands = {
        ...direct,
        add: (names, args) => {
          const id = args[6] as string;
          const add = async () => {
            const decision = await direct.add(names, args);
            onAdd(id, decision);
            return decision;
          };
          return ask(`add ${id}`, add, showDecision);
        },
        del: (key) => {
          const id = key.slice(key.indexOf('}o') + 2);
          return ask(
            `sent ${id}`,
            () => direct.del(key),
            () => 'noted',
          );
        },
      };
      const leafEntries = LEAF_ENTRIES[revision % LEAF_ENTRIES.length] as number;
      return createScriptedStore(commands, { ...options, leafEntries });
    },
    read: (pair) => createScriptedStore(commandsOn(keys), options).read(pair),
    loseSince: (timeMs) => keys.loseSince(timeMs),
    loseAll: () => keys.loseAll(),
  };
}

/** The commands as Redis runs them, at once. */
export function commandsOn(keys: KeySpace): TotalsCommands {
  compiled ??= { add: compileLua(ADD_SCRIPT), read: compileLua(READ_SCRIPT) };
  const { add, read } = compiled;
  return {
    add: async (names, args) => readDecision(Buffer.from(add(names, args, keys.call))),
    read: async (names, args) => readPairTotal(Buffer.from(read(names, args, keys.call))),
    del: async (name) => keys.call('DEL', [Buffer.from(name)]),
    problem: async () => undefined,
    close: async () => {},
  };
}
