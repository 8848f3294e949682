import { getFromScore } from './get-from-score.ts';
import { fieldOf } from './kube-object.ts';
import type { LoadTarget } from './post-load.ts';

/**
 * Transactions of a load: the nth is 1.00 from one of so many pairs that are this run's own, in
 * turn, so that what score counts can be held against what it answered.
 */
export interface LoadTraffic {
  bodyOf(n: number): string;
  /** Origins and targets of the pairs. */
  readonly pairs: readonly { readonly origin: string; readonly target: string }[];
}

export function loadTraffic(options: {
  /** Part of every account and id: no two runs have the same. */
  readonly run: string;
  readonly pairs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): LoadTraffic {
  const { run, now } = options;
  const pairs = Array.from({ length: options.pairs }, (_, i) => ({
    origin: `load-${run}-${i}`,
    target: `to-${i}`,
  }));
  return {
    pairs,
    bodyOf: (n) =>
      JSON.stringify({
        ...{ timestamp: new Date(now()).toISOString(), id: `load-${run}-${n}`, amount: '1.00' },
        ...pairs[n % pairs.length],
      }),
  };
}

/** How many transactions score has in the windows of these pairs. @throws Error when it is away. */
export async function countInWindows(
  target: LoadTarget,
  pairs: LoadTraffic['pairs'],
): Promise<number> {
  let count = 0;
  for (const pair of pairs) count += await countInWindow(target, pair);
  return count;
}

async function countInWindow(
  target: LoadTarget,
  { origin, target: to }: LoadTraffic['pairs'][number],
): Promise<number> {
  const count = fieldOf(await getFromScore(target, `/pairs/${origin}/${to}`), 'transactionCount');
  return typeof count === 'number' ? count : 0;
}
