import type { Transaction } from '#shared/domain/transaction.ts';
import type { Decision } from '../totals-store.ts';

/** One transaction that waits for its decision. */
export interface Waiting {
  readonly transaction: Transaction;
  /** When it began to wait, by the clock of the options. */
  readonly sinceMs: number;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/** The transactions of one pair that are decided together, in the order in which they came. */
export interface Turn {
  readonly key: string;
  readonly waiting: readonly Waiting[];
}

export interface TurnsOptions {
  /** Settles every transaction of the turns; a rejection settles those that are left. */
  readonly take: (turns: readonly Turn[]) => Promise<void>;
  /** Whether each turn is taken for itself, so that the failure of one is no other's. */
  readonly isApart: boolean;
  /** Flights that are under way at once. */
  readonly maxFlights: number;
  /** Transactions of one flight. */
  readonly maxTransactions: number;
  /** Calls back when all that comes at this moment has come. */
  readonly soon: (call: () => void) => void;
  /** Milliseconds since some moment, never backwards. */
  readonly elapsedMs: () => number;
}

/**
 * Gathers what waits at the same moment, so that many pairs go to Redis in one call: a flight.
 * While as many flights as may be are under way, more gathers, so flights are as large as they have
 * to be. A pair is in one flight at a time, and its transactions keep their order.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #busy = new Set<string>();
  #flights = 0;
  #isStarting = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  add(key: string, transaction: Transaction): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const one = { transaction, sinceMs: this.#options.elapsedMs(), resolve, reject };
      const others = this.#waiting.get(key);
      if (others === undefined) this.#waiting.set(key, [one]);
      else others.push(one);
      this.#startSoon();
    });
  }

  #startSoon(): void {
    if (this.#isStarting || this.#flights >= this.#options.maxFlights) return;
    this.#isStarting = true;
    this.#options.soon(() => {
      this.#isStarting = false;
      void this.#fly(this.#gather());
    });
  }

  #gather(): Turn[] {
    const turns: Turn[] = [];
    let room = this.#options.maxTransactions;
    for (const [key, waiting] of this.#waiting) {
      if (this.#busy.has(key)) continue;
      const taken = waiting.length <= room ? waiting : waiting.splice(0, room);
      if (taken === waiting) this.#waiting.delete(key);
      this.#busy.add(key);
      turns.push({ key, waiting: taken });
      room -= taken.length;
      if (room === 0) break;
    }
    return turns;
  }

  async #fly(turns: readonly Turn[]): Promise<void> {
    if (turns.length === 0) return;
    this.#flights += 1;
    if (this.#waiting.size > 0) this.#startSoon();
    const groups = this.#options.isApart ? turns.map((turn) => [turn]) : [turns];
    await Promise.all(
      groups.map((group) =>
        this.#options.take(group).catch((error: unknown) => this.#reject(group, error)),
      ),
    );
    this.#flights -= 1;
    for (const { key } of turns) this.#busy.delete(key);
    if (this.#waiting.size > 0) this.#startSoon();
  }

  /** Those that wait behind them too: what comes again then comes in its pair's order. */
  #reject(turns: readonly Turn[], error: unknown): void {
    for (const { key, waiting } of turns) {
      const behind = this.#waiting.get(key) ?? [];
      this.#waiting.delete(key);
      for (const { reject } of [...waiting, ...behind]) reject(error);
    }
  }
}
