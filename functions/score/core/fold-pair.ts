import { type PairState, pairStateOf } from './pair-state.ts';

/**
 * What has to be remembered of a pair when everything that can still come is newer than all that it
 * has by W or more, and unknown: nothing, or the episode that its newest transaction is in. That
 * one goes on, however much later, when the next transaction is fraud too (D3).
 *
 * Who reads history in order of time can so let go of a pair that is quiet for W.
 */
export function foldPair(state: PairState): PairState | undefined {
  const { newestOpeningId: opening, alerts, arrivals } = state;
  if (opening === undefined) return undefined;
  const sent = alerts.get(opening);
  return pairStateOf({
    entries: [],
    alerts: new Map(sent === undefined ? [] : [[opening, sent]]),
    trimmedOpeningId: opening,
    newestOpeningId: opening,
    arrivals,
  });
}
