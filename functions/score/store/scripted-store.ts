import { type Pair, pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { emptyPairState, type PairState } from '../core/pair-state.ts';
import type { TotalsStore } from '../totals-store.ts';
import { Gather } from './gather.ts';
import { LargePairs, unsentKey } from './large-pairs.ts';
import { decodePairState, encodePairState } from './pair-text.ts';
import { totalOf } from './pair-total.ts';
import { type Answer, decideTurn } from './pair-turn.ts';
import { ruleMark } from './rule-mark.ts';
import { stateLifeMs } from './state-life.ts';
import { createVersions, isText, VERSION_CHARACTERS } from './state-version.ts';
import type { PairCommit, TotalsCommands } from './totals-commands.ts';
import { type Turn, Turns, type Waiting } from './turns.ts';
import { decodeVerdict, encodeVerdict } from './verdict-text.ts';

export interface ScriptedStoreOptions {
  readonly rule: Rule;
  /** How long a pair that nothing happens to is kept, milliseconds (L5). */
  readonly stateTtlMs: number;
  readonly log: Pick<Log, 'warn'>;
  /** Longest time that a transaction waits for its turn, milliseconds. */
  readonly timeoutMs: number;
  /** In front of every key; tests keep apart by it. */
  readonly keyPrefix?: string;
  /** Transactions of a pair that are kept as one text; with more it is handed to the scripts. */
  readonly textEntries?: number;
  /** Entries of a large pair that are kept together, see ../lua/leaves.lua. */
  readonly leafEntries?: number;
  /** From [0, 1), tells this process from others; the simulator has its own chance and time. */
  readonly chance: number;
  readonly soon?: (call: () => void) => void;
  readonly elapsedMs?: () => number;
}

/** In front of every key of score, unless tests keep apart by another. */
export const KEY_PREFIX = 'sw';

/**
 * With so many, reading and writing a pair as a whole costs about what the scripts do, and Redis a
 * third of it.
 */
const TEXT_ENTRIES = 128;
/**
 * Smaller: less to rewrite for one out of order. Larger: fewer leaves to step over in a long
 * window.
 */
const LEAF_ENTRIES = 64;
/** One is computed while another is under way to Redis. */
const FLIGHTS = 2;
/** Keeps a flight below a millisecond of Redis' time, in which it answers nobody else. */
const FLIGHT_TRANSACTIONS = 256;
/** Each time that somebody else was quicker they have got on, so this is seldom reached. */
const ATTEMPTS = 100;

/**
 * The store in Redis. A pair's state is one text, which this process reads, lets the pure core add
 * to, and writes back where nobody else has written meanwhile; many pairs go in one call each way.
 * A pair that has more transactions than a text is good for is kept by scripts, whose cost is flat
 * in their number (../lua/add.lua). Keys of one pair carry one hash tag.
 */
export function createScriptedStore(
  commands: TotalsCommands,
  options: ScriptedStoreOptions,
): TotalsStore {
  const store = new ScriptedStore(commands, options);
  return {
    add: (transaction) => store.add(transaction),
    sent: (transaction) => store.sent(transaction),
    read: (pair) => store.read(pair),
    problem: () => commands.problem(),
    close: () => commands.close(),
  };
}

class ScriptedStore {
  readonly #commands: TotalsCommands;
  readonly #options: ScriptedStoreOptions;
  readonly #prefix: string;
  readonly #lifeMs: number;
  readonly #textEntries: number;
  readonly #elapsedMs: () => number;
  readonly #nextVersion: () => string;
  readonly #turns: Turns;
  readonly #sent: Gather<string>;
  readonly #large: LargePairs;

  constructor(commands: TotalsCommands, options: ScriptedStoreOptions) {
    const { rule, stateTtlMs, keyPrefix = KEY_PREFIX, leafEntries = LEAF_ENTRIES } = options;
    const { soon = setImmediate, elapsedMs = () => performance.now() } = options;
    this.#commands = commands;
    this.#options = options;
    this.#prefix = `${keyPrefix}:${ruleMark(rule)}`;
    this.#lifeMs = stateLifeMs(rule, stateTtlMs);
    this.#textEntries = options.textEntries ?? TEXT_ENTRIES;
    const lifeMs = this.#lifeMs;
    this.#large = new LargePairs({ commands, rule, lifeMs, leafEntries });
    this.#elapsedMs = elapsedMs;
    this.#nextVersion = createVersions(options.chance);
    this.#turns = new Turns({
      take: (turns) => this.#take(turns),
      isApart: commands.isSpread,
      maxFlights: FLIGHTS,
      maxTransactions: FLIGHT_TRANSACTIONS,
      soon,
      elapsedMs,
    });
    this.#sent = new Gather((keys) => commands.del(keys), soon);
  }

  add(transaction: Transaction): ReturnType<TotalsStore['add']> {
    return this.#turns.add(this.#stateKey(transaction), transaction);
  }

  async sent(transaction: Transaction): Promise<void> {
    try {
      await this.#sent.add(unsentKey(this.#stateKey(transaction), transaction.id));
    } catch (error) {
      // The event is sent again should the transaction come again: repeated, not lost (O3).
      const { log } = this.#options;
      log.warn({ error: String(error) }, 'a sent fraud event could not be noted as sent');
    }
  }

  async read(pair: Pair): ReturnType<TotalsStore['read']> {
    const key = this.#stateKey(pair);
    const [text] = await this.#commands.get([key]);
    if (text === null || text === undefined) return undefined;
    const { rule } = this.#options;
    if (isText(text)) return totalOf(this.#stateOf(text), rule);
    return this.#large.read(key);
  }

  /** Takes turns until each is settled: those where somebody else was quicker are taken again. */
  async #take(turns: readonly Turn[]): Promise<void> {
    let left = this.#patient(turns);
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === ATTEMPTS) throw new AppError('state', 'others write this pair all the time');
      const small = left.filter(({ key }) => !this.#large.has(key));
      const large = left.filter(({ key }) => this.#large.has(key));
      const again = await Promise.all([
        small.length === 0 ? [] : this.#takeSmall(small),
        ...large.map((turn) => this.#large.take(turn)),
      ]);
      left = again.flat();
    }
  }

  /** Without what has waited for longer than it may, which happens when Redis is slow. */
  #patient(turns: readonly Turn[]): Turn[] {
    const { timeoutMs } = this.#options;
    const oldestMs = this.#elapsedMs() - timeoutMs;
    return turns.filter(({ waiting }) => {
      if ((waiting[0] as Waiting).sinceMs >= oldestMs) return true;
      const error = new AppError('state', `Redis does not answer within ${timeoutMs} ms`);
      for (const { reject } of waiting) reject(error);
      return false;
    });
  }

  /** Returns the turns that are to be taken again. */
  async #takeSmall(turns: readonly Turn[]): Promise<Turn[]> {
    const texts = await this.#commands.get(turns.map(({ key }) => key));
    const again: Turn[] = [];
    const decided: Decided[] = [];
    for (const [i, turn] of turns.entries()) {
      const text = texts[i] ?? '';
      const isOurs = text === '' || isText(text);
      const state = isOurs ? this.#stateOf(text) : undefined;
      if (state !== undefined && state.entries.length < this.#textEntries) {
        decided.push(this.#decide(turn, text, state));
        continue;
      }
      if (state !== undefined && text !== '') await this.#large.handOver(turn.key, text, state);
      else this.#large.remember(turn.key);
      again.push(turn);
    }
    const [refused] = await Promise.all([this.#commit(decided), this.#lookForUnsent(decided)]);
    for (const one of decided) {
      if (refused.has(one)) again.push(one.turn);
      else settle(one);
    }
    return again;
  }

  #decide(turn: Turn, text: string, state: PairState): Decided {
    const { rule } = this.#options;
    const { answers, isChanged, unsent } = decideTurn(state, turn.waiting, rule);
    if (!isChanged) return { turn, answers: [...answers], commit: undefined };
    const commit: PairCommit = {
      key: turn.key,
      version: text.slice(0, VERSION_CHARACTERS),
      text: this.#nextVersion() + encodePairState(state, rule),
      unsent: unsent.map(([id, verdict]) => ({
        key: unsentKey(turn.key, id),
        text: encodeVerdict(verdict),
      })),
      turn,
      answers,
    };
    return { turn, answers: [...answers], commit };
  }

  #stateOf(text: string): PairState {
    if (text === '') return emptyPairState();
    return decodePairState(text.slice(VERSION_CHARACTERS), this.#options.rule);
  }

  /** Returns those that somebody else has written meanwhile. */
  async #commit(decided: readonly Decided[]): Promise<ReadonlySet<Decided>> {
    const changed = decided.filter(({ commit }) => commit !== undefined);
    if (changed.length === 0) return new Set();
    const commits = changed.map(({ commit }) => commit as PairCommit);
    const refused = await this.#commands.commit(commits, this.#lifeMs);
    return new Set(refused.map((index) => changed[index] as Decided));
  }

  /** A verdict that the sink has not taken stands whole until it has, and is the answer (L2). */
  async #lookForUnsent(decided: readonly Decided[]): Promise<void> {
    const questions = decided.flatMap(({ turn, answers }) =>
      answers.flatMap((answer, i) => {
        const { id } = (turn.waiting[i] as Waiting).transaction;
        return answer.mayBeUnsent ? [{ answers, i, key: unsentKey(turn.key, id) }] : [];
      }),
    );
    if (questions.length === 0) return;
    const texts = await this.#commands.get(questions.map(({ key }) => key));
    for (const [k, { answers, i }] of questions.entries()) {
      const text = texts[k] ?? undefined;
      if (text === undefined) continue;
      const decision = { kind: 'duplicate', first: decodeVerdict(text) } as const;
      answers[i] = { decision, mayBeUnsent: false };
    }
  }

  #stateKey(pair: Pair): string {
    return `${this.#prefix}{${pairKey(pair)}:${pair.currency}}`;
  }
}

interface Decided {
  readonly turn: Turn;
  readonly answers: Answer[];
  readonly commit: PairCommit | undefined;
}

function settle({ turn, answers }: Decided): void {
  for (const [i, { decision }] of answers.entries()) {
    (turn.waiting[i] as Waiting).resolve(decision);
  }
}
