import type { Transaction } from '#shared/domain/transaction.ts';
import type { PairCommit, TotalsCommands } from '../../../functions/score/store/totals-commands.ts';
import type { Decision } from '../../../functions/score/totals-store.ts';
import { type OnAdd, showDecision } from './sim-totals.ts';

interface WatchedParts {
  /** The commands as Redis runs them, at once. */
  readonly direct: TotalsCommands;
  readonly onAdd: OnAdd;
  /** Goes over the wire. */
  readonly ask: <T>(name: string, work: () => Promise<T>, show: (reply: T) => string) => Promise<T>;
  readonly wrote: (key: string) => void;
  /** Another number after each change of what stands under the key. */
  readonly stateOf: (key: string) => number;
}

/**
 * One process' way to the simulated Redis. What is decided is told at the moment at which Redis has
 * it: with the commit, or when a script runs. That a transaction is known or late is decided from
 * what was read, and told only where nothing has changed since.
 */
export function watchedCommands(parts: WatchedParts): {
  readonly commands: TotalsCommands;
  /** The store has answered its caller. */
  readonly answered: (transaction: Transaction, decision: Decision) => void;
} {
  const { direct, onAdd, ask, wrote, stateOf } = parts;
  /** Of the pairs last read: what stood there, by a key without the rule's prefix. */
  const read = new Map<string, { readonly key: string; readonly state: number }>();
  const toldByScript = new Set<string>();

  const tellCommitted = (commits: readonly PairCommit[], refused: readonly number[]): void => {
    for (const [i, { key, turn, answers }] of commits.entries()) {
      if (refused.includes(i)) continue;
      wrote(key);
      for (const [k, { decision }] of answers.entries()) {
        const id = turn.waiting[k]?.transaction.id as string;
        if (decision.kind !== 'late' && decision.kind !== 'duplicate') onAdd(id, decision);
      }
    }
  };

  const commands: TotalsCommands = {
    ...direct,
    get: (keys) =>
      ask(
        `read ${keys.map(tagOf).join(' ')}`,
        () => {
          for (const key of keys) read.set(tagOf(key), { key, state: stateOf(key) });
          return direct.get(keys);
        },
        () => 'read',
      ),
    commit: (commits, lifeMs) =>
      ask(
        `commit ${commits.map(({ key }) => tagOf(key)).join(' ')}`,
        async () => {
          const refused = await direct.commit(commits, lifeMs);
          tellCommitted(commits, refused);
          return refused;
        },
        (refused) => `refused ${refused.length} of ${commits.length}`,
      ),
    handOver: (keys, args) =>
      ask(
        `hand over ${tagOf(keys[0] as string)}`,
        async () => {
          const isDone = await direct.handOver(keys, args);
          if (isDone) wrote(keys[0] as string);
          return isDone;
        },
        String,
      ),
    add: (keys, args) => {
      const id = args[6] as string;
      const add = async (): Promise<Decision | undefined> => {
        const decision = await direct.add(keys, args);
        if (decision === undefined) return undefined;
        wrote(keys[0] as string);
        toldByScript.add(id);
        onAdd(id, decision);
        return decision;
      };
      return ask(`add ${id}`, add, (decision) =>
        decision === undefined ? 'one text' : showDecision(decision),
      );
    },
    del: (keys) =>
      ask(
        `sent ${keys.map((key) => key.slice(key.indexOf('}o') + 2)).join(' ')}`,
        () => direct.del(keys),
        () => 'noted',
      ),
  };

  return {
    commands,
    answered: ({ id, origin, target, currency }, decision) => {
      if (toldByScript.delete(id)) return;
      if (decision.kind !== 'late' && decision.kind !== 'duplicate') return;
      const seen = read.get(`${origin}:${target}:${currency}`);
      if (seen !== undefined && stateOf(seen.key) === seen.state) onAdd(id, decision);
    },
  };
}

/** What stands in the braces of a key. */
function tagOf(key: string): string {
  return key.slice(key.indexOf('{') + 1, key.indexOf('}'));
}
