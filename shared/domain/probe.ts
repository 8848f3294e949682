import type { Pair } from './pair.ts';

/**
 * The account that probes pay from. A probe is a pair of transactions that a deployment sends
 * through itself to see that an alert comes out; that alert is kept apart and shown to nobody.
 */
export const PROBE_ORIGIN = 'splitwatch-probe';

/**
 * True for a transaction or a fraud event that is a probe's: it is marked as one **and** pays from
 * the reserved account. The mark alone must not hide anybody's money from the people who watch.
 */
export function isProbe(isMarked: boolean, { origin }: Pick<Pair, 'origin'>): boolean {
  return isMarked && origin === PROBE_ORIGIN;
}
