import type { Pair } from '#shared/domain/pair.ts';

import type { Decision, PairTotal, TotalsStore } from '../../../functions/score/totals-store.ts';
import type { SimProcess } from '../kernel/sim-process.ts';

/** Every transaction that is added, at the moment at which Redis adds it. */
export type OnAdd = (transactionId: string, decision: Decision) => void;

/** The totals inside the simulated Redis, whichever way they are kept. */
export interface SimTotals {
  /** The store as one process has it, over the wire. `revision` tells builds of score apart. */
  storeFor(process: SimProcess, revision: number): TotalsStore;
  read(pair: Pair): Promise<PairTotal | undefined>;
  /** All that was done after this moment is forgotten. */
  loseSince(timeMs: number): void;
  loseAll(): void;
}

/** Score's deadline of one step in the store (STORE_TIMEOUT_MS). */
export const STORE_DEADLINE_MS = 1_000;

/** How calls to Redis look in the trace. */
export function showDecision(decision: Decision): string {
  if (decision.kind === 'late') return 'late';
  const verdict = decision.kind === 'duplicate' ? decision.first : decision;
  const found = verdict.findings.map(
    ({ openingId, sequence }) => `, alert of ${openingId} sequence ${sequence}`,
  );
  return `${decision.kind}, total ${verdict.totalMinor}${found.join('')}`;
}
