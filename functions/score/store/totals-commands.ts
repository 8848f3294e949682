import type { Decision, PairTotal } from '../totals-store.ts';
import type { Answer } from './pair-turn.ts';
import type { Turn } from './turns.ts';

/** What the store asks of Redis. All of it may run twice, and come to nothing. */
export interface TotalsCommands {
  /** Whether pairs are on several servers, of which one may be away. */
  readonly isSpread: boolean;
  /** The strings at the keys, null for none. */
  get(keys: readonly string[]): Promise<readonly (string | null)[]>;
  /**
   * Writes states where nobody has written since they were read: ../lua/commit.lua. Answers which
   * of them somebody has.
   */
  commit(commits: readonly PairCommit[], lifeMs: number): Promise<readonly number[]>;
  /** ../lua/hand-over.lua. Answers whether it was done. */
  handOver(keys: readonly string[], args: readonly (string | Buffer)[]): Promise<boolean>;
  /** ../lua/add.lua; undefined for a pair that is kept as one text. */
  add(keys: readonly string[], args: readonly string[]): Promise<Decision | undefined>;
  /** ../lua/read.lua; undefined also for a pair that is kept as one text. */
  read(keys: readonly string[], args: readonly string[]): Promise<PairTotal | undefined>;
  del(keys: readonly string[]): Promise<unknown>;
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A pair's new state, and the verdicts from it that are still to be sent; all keys in one slot. */
export interface PairCommit {
  readonly key: string;
  /** Version that was read, '' for no state. */
  readonly version: string;
  /** With its own version in front. */
  readonly text: string;
  readonly unsent: readonly { readonly key: string; readonly text: string }[];
  /** What is decided with it, for who watches; Redis is not told. */
  readonly turn: Turn;
  readonly answers: readonly Answer[];
}

/** Keys and arguments of ../lua/commit.lua for some pairs. */
export function commitWords(
  commits: readonly PairCommit[],
  lifeMs: number,
): { readonly keys: string[]; readonly args: string[] } {
  const keys = commits.map(({ key }) => key);
  const args = [String(lifeMs), String(commits.length)];
  for (const { version, text } of commits) args.push(version, text);
  for (const [i, { unsent }] of commits.entries()) {
    for (const { key, text } of unsent) {
      keys.push(key);
      args.push(String(i + 1), text);
    }
  }
  return { keys, args };
}

/** The indexes of the pairs that the script has not written. */
export function refusedOf(reply: string): number[] {
  const refused: number[] = [];
  for (let i = reply.indexOf('0'); i >= 0; i = reply.indexOf('0', i + 1)) refused.push(i);
  return refused;
}
