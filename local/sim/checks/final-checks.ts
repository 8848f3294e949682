import { pairKey } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { alertId } from '../../../functions/score/core/alert-id.ts';
import { createMemoryTotalsStore } from '../../../functions/score/store/memory-store.ts';
import { createPairOracle, episodes, inOrder, sum, windowAt } from '../../../test/oracle/oracle.ts';
import type { SimAlerts } from '../redis/sim-alerts.ts';
import type { SimTotals } from '../redis/sim-totals.ts';
import { type Ledger, RETRYABLE } from './ledger.ts';

export interface FinalParts {
  readonly rule: Rule;
  readonly ledger: Ledger;
  readonly totals: SimTotals;
  readonly alerts: SimAlerts;
  readonly ordering: 'ordered' | 'unordered';
  /** Transactions in the order of the topic, each as often as it was written. */
  readonly topicOrder: readonly string[];
  /** When a transaction was first written. */
  readonly writtenMs: ReadonlyMap<string, number>;
}

/** Everything that must hold when all has been delivered. Tells the ledger of what does not. */
export async function checkAtTheEnd(parts: FinalParts): Promise<void> {
  checkNothingLost(parts);
  checkOpenings(parts);
  if (parts.ordering === 'ordered') checkSameAlerts(parts);
  await checkTotals(parts);
  await checkAlerts(parts);
}

/** Each transaction is counted, or in the dead-letter topic for a reason that is final. */
function checkNothingLost({ ledger, writtenMs, ordering }: FinalParts): void {
  const { plan, acknowledged, letters, books } = ledger;
  for (const [name, reason] of plan.poison) {
    if (letters.get(name)?.includes(reason)) continue;
    ledger.violate('nothing is lost (L4)', `${name} is in no dead letter as "${reason}"`);
  }
  for (const [id, transaction] of plan.transactions) {
    const isLate = letters.get(id)?.includes('late') ?? false;
    if (!acknowledged.has(id) && !isLate) {
      ledger.violate('nothing is lost (L1, L4)', `${id} is neither counted nor a dead letter`);
    }
    const isDue = (writtenMs.get(id) as number) >= ledger.completeSinceMs;
    const book = books.get(pairKey(transaction));
    const isStored = book?.stored.has(id) ?? false;
    const isUntold = !acknowledged.has(id) && (book?.verdictOf(id)?.findings.length ?? 0) > 0;
    if (isUntold && !ledger.hasLostState) {
      ledger.violate(
        'what is found is told of (L1, L2)',
        `${id} is counted and never acknowledged`,
      );
    }
    // Read again in order, what was in time by the same order is in time once more.
    const isKeptInOrder = ordering === 'ordered' && !wasGivenUp(ledger, transaction);
    const isExcused = isLate && !(isKeptInOrder && ledger.countedInTime.has(id));
    if (acknowledged.has(id) && isDue && !isStored && !isExcused) {
      ledger.violate('nothing acknowledged is missing (L1, L2, L3)', `${id} is in no total`);
    }
  }
}

/**
 * Each episode has been told of. After a loss, each of those that the totals know now: what was
 * acknowledged before it was told of then, which the ledger has checked.
 */
function checkOpenings({ rule, ledger }: FinalParts): void {
  for (const [pair, list] of byPair(ledger)) {
    const stored = ledger.books.get(pair)?.stored;
    const isCounted = ({ id }: Transaction): boolean =>
      (stored?.has(id) ?? false) || (!ledger.hasLostState && ledger.acknowledged.has(id));
    for (const [opening] of episodes(list.filter(isCounted), rule) as [Transaction][]) {
      if (ledger.frauds.has(alertId(rule, opening, opening.id), 1)) continue;
      const detail = `that of ${opening.id} has none`;
      ledger.violate('every episode has its opening event (O4, L2)', detail);
    }
  }
}

/** Where each pair's order is kept, the very same fraud events come out (D7, L2). */
function checkSameAlerts({ rule, ledger, topicOrder }: FinalParts): void {
  if (ledger.hasLostState) return;
  const expected = new Map<string, Set<string>>();
  const oracles = new Map<string, ReturnType<typeof createPairOracle>>();
  const disturbed = new Set<string>();
  for (const id of topicOrder) {
    const transaction = ledger.plan.transactions.get(id);
    if (transaction === undefined) continue;
    const key = pairKey(transaction);
    // Given up for a while and sent again later: its order was not kept.
    const wasGivenUp = ledger.letters.get(id)?.some((reason) => RETRYABLE.has(reason));
    if (wasGivenUp || ledger.givenUp.has(id)) disturbed.add(key);
    const oracle = oracles.get(key) ?? createPairOracle(rule);
    oracles.set(key, oracle);
    const names = expected.get(key) ?? new Set();
    expected.set(key, names);
    for (const { openingId, sequence } of oracle(transaction).events) {
      names.add(`${alertId(rule, transaction, openingId)}/${sequence}`);
    }
  }
  const found = new Map<string, Set<string>>();
  for (const [alert, events] of ledger.frauds.alerts) {
    for (const [sequence, { pair }] of events) {
      const names = found.get(pairKey(pair)) ?? new Set();
      found.set(pairKey(pair), names.add(`${alert}/${sequence}`));
    }
  }
  for (const [key, names] of expected) {
    const said = [...(found.get(key) ?? [])].sort().join(' ');
    const right = [...names].sort().join(' ');
    if (said === right || disturbed.has(key)) continue;
    const detail = `pair ${key}: "${said}", the oracle says "${right}"`;
    ledger.violate('in order, the same alert ids and sequences (D7, L2)', detail);
  }
}

/** Redis holds what the oracle makes of the set, and what any other order makes of it (O4). */
async function checkTotals({ rule, ledger, totals }: FinalParts): Promise<void> {
  for (const book of ledger.books.values()) {
    const list = inOrder([...book.stored.values()]);
    const newest = list.at(-1);
    if (newest === undefined) continue;
    const read = await totals.read(newest);
    const members = windowAt(list, newest, rule);
    const right = `${sum(members)} of ${members.map(({ id }) => id)}`;
    const said = `${read?.totalMinor} of ${read?.members.map(({ id }) => id)}`;
    if (read !== undefined && said !== right) {
      const detail = `pair ${pairKey(newest)}: "${said}", the oracle says "${right}"`;
      ledger.violate('totals are the oracle’s (D1, O4)', detail);
    }
    const other = createMemoryTotalsStore({ rule });
    for (const transaction of list) await other.add(transaction);
    const sorted = await other.read(newest);
    if (`${sorted?.totalMinor} of ${sorted?.members.map(({ id }) => id)}` === right) continue;
    ledger.violate('totals do not hang on the order (O4)', `pair ${pairKey(newest)}`);
  }
}

/** Notify keeps the highest sequence of each alert, and people were told of it (D5). */
async function checkAlerts({ ledger, alerts }: FinalParts): Promise<void> {
  for (const [alert, events] of ledger.frauds.alerts) {
    const highest = Math.max(...events.keys());
    const kept = await alerts.store.read(alert);
    if (kept?.fraud.sequence !== highest) {
      const detail = `alert ${alert} stands at ${kept?.fraud.sequence}, not at ${highest}`;
      ledger.violate('an alert shows its highest sequence (D5)', detail);
    }
    if (!ledger.told.has(`${alert}/${highest}`)) {
      ledger.violate('people are told of every alert (D5)', `of ${alert}/${highest} nobody was`);
    }
  }
}

/** A transaction of the pair was given up for a while and sent again: its order was not kept. */
function wasGivenUp({ plan, letters, givenUp }: Ledger, { origin }: Transaction): boolean {
  return [...plan.transactions.values()].some(
    ({ id, ...pair }) =>
      pair.origin === origin &&
      (givenUp.has(id) || (letters.get(id)?.some((reason) => RETRYABLE.has(reason)) ?? false)),
  );
}

function byPair({ plan }: Ledger): Map<string, Transaction[]> {
  const pairs = new Map<string, Transaction[]>();
  for (const transaction of plan.transactions.values()) {
    const key = pairKey(transaction);
    pairs.set(key, [...(pairs.get(key) ?? []), transaction]);
  }
  return pairs;
}
