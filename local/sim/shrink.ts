import { type RunOptions, type RunResult, simulate } from './simulate.ts';

/** The shortest schedule that was found to fail in the same way, and what happens in it. */
export interface Shrunk {
  readonly result: RunResult;
  readonly trace: readonly string[];
  /** Runs that it took. */
  readonly tries: number;
}

const TRIES_MAX = 250;

/**
 * Takes transactions and faults out of a run that fails, as long as it goes on failing in the same
 * way: halves first, then smaller parts. Chance hangs on names (kernel/chance.ts), so what is left
 * happens as it did.
 */
export async function shrink(options: RunOptions, failed: RunResult): Promise<Shrunk> {
  const invariant = failed.violation?.invariant;
  let transactions = failed.transactions;
  let faults = failed.faults;
  let tries = 0;

  const isFailing = async (keptTransactions: readonly string[], keptFaults: readonly string[]) => {
    if (tries >= TRIES_MAX) return false;
    tries += 1;
    const keepTransactions = new Set(keptTransactions);
    const keepFaults = new Set(keptFaults);
    const result = await simulate({ ...options, trace: undefined, keepTransactions, keepFaults });
    return result.violation?.invariant === invariant;
  };
  for (;;) {
    const before = transactions.length + faults.length;
    faults = await fewest(faults, (kept) => isFailing(transactions, kept));
    transactions = await fewest(transactions, (kept) => isFailing(kept, faults));
    if (transactions.length + faults.length === before) break;
  }
  const trace: string[] = [];
  const result = await simulate({
    ...options,
    keepTransactions: new Set(transactions),
    keepFaults: new Set(faults),
    trace: (line) => void trace.push(line),
  });
  return { result, trace, tries };
}

/** The list without all parts that it still fails without. */
async function fewest(
  list: readonly string[],
  isFailing: (kept: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let kept = list;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await isFailing(without)) kept = without;
      else at += size;
    }
  }
  return kept;
}
