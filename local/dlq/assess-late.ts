import type { Fraud } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { addToPair } from '../../functions/score/core/add-to-pair.ts';
import { type Entry, emptyPairState } from '../../functions/score/core/pair-state.ts';
import { reachEnd, windowStart } from '../../functions/score/core/window.ts';

/**
 * What would a late transaction have changed, had it come in time? The pair's transactions are told
 * anew by the core, with it in its place and all that were late like it. Each episode that its
 * amount reaches is held against the fraud events of the pair: an episode of which none has told
 * would have been an alert, and nobody knows of it.
 *
 * With threshold 100: 60 at 10:00 and 30 at 10:05 were summed, and told nobody. 20 from 10:03 comes
 * late: with it the total at 10:05 is 110, so it would have opened an alert.
 */
export interface PairHistory {
  /** All of the pair that the topic has, those that were late too. Of each id the first counts. */
  readonly transactions: readonly Transaction[];
  /** Which of them are not in any total. */
  readonly lateIds: ReadonlySet<string>;
  /** Every fraud event of the pair. */
  readonly frauds: readonly Fraud[];
  /** Whether the topic was read from some time on: what stands first may go on from before. */
  readonly isCut: boolean;
}

export interface Assessment {
  readonly verdict: 'changes nothing' | 'raises' | 'opens';
  /** The largest window that holds it, in the episode that the verdict is about. */
  readonly totalMinor: bigint;
  readonly transactionCount: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** Alerts that have told of that episode. */
  readonly alertIds: readonly string[];
}

const RANK = { 'changes nothing': 0, raises: 1, opens: 2 } as const;

/** Pure; the worst of what it comes to, where it reaches two episodes. */
export function assessLate(late: Transaction, history: PairHistory, rule: Rule): Assessment {
  const all = totalsOf([...history.transactions, late], rule);
  const summed = totalsOf(
    history.transactions.filter(({ id }) => id !== late.id && !history.lateIds.has(id)),
    rule,
  );
  const index = all.findIndex(({ id }) => id === late.id);
  const end = reachEnd(all, late.eventTimeMs, rule.windowMs);
  const reached = all.map((_, i) => i).slice(index, end);
  const isFraud = (i: number): boolean => isOver(all[i], rule);
  const largest = largestOf(all, reached);
  let worst = assessmentOf('changes nothing', all, largest, [], rule);
  for (const first of new Set(reached.filter(isFraud).map((i) => runStart(all, i, rule)))) {
    const episode = runFrom(all, first, rule);
    const touched = reached.filter((i) => i >= first && i < first + episode.length);
    const verdict = judge(episode, all, largestOf(all, touched), { history, summed, rule });
    if (RANK[verdict.verdict] >= RANK[worst.verdict]) worst = verdict;
  }
  return worst;
}

/** Each transaction with its trailing total, in order, as the core has it when nothing is late. */
function totalsOf(transactions: readonly Transaction[], rule: Rule): readonly Entry[] {
  const state = emptyPairState();
  // Neither late nor forgotten, however far apart.
  const patient = { ...rule, allowedLatenessMs: Number.MAX_SAFE_INTEGER };
  const first = new Map<string, Transaction>();
  for (const one of transactions) if (!first.has(one.id)) first.set(one.id, one);
  const inTime = [...first.values()].sort((a, b) => a.eventTimeMs - b.eventTimeMs);
  for (const one of inTime) addToPair(state, one, patient);
  return state.entries;
}

/** One episode against what was told of it, and against what was summed without the late ones. */
function judge(
  episode: readonly Entry[],
  all: readonly Entry[],
  largest: number,
  { history, summed, rule }: { history: PairHistory; summed: readonly Entry[]; rule: Rule },
): Assessment {
  const ids = new Set(episode.map(({ id }) => id));
  // A late one can also part an episode that was told of as one.
  for (const run of runsOf(summed, rule)) {
    if (run.some(({ id }) => ids.has(id))) for (const { id } of run) ids.add(id);
  }
  const summedOfIt = summed.filter((entry) => ids.has(entry.id));
  const told = toldOf(episode, ids, all, { history, summedOfIt, rule });
  const alertIds = [...new Set(told.map(({ alertId }) => alertId))];
  if (told.length === 0) return assessmentOf('opens', all, largest, [], rule);
  const known = [...told, ...summedOfIt].map(({ totalMinor }) => totalMinor);
  const isMore = known.every((total) => (all[largest] as Entry).totalMinor > total);
  return assessmentOf(isMore ? 'raises' : 'changes nothing', all, largest, alertIds, rule);
}

/**
 * Fraud events of the episode: those caused by one of its transactions, the last of their members.
 * One that goes on from before what was read was told of before that, by the newest one there.
 */
function toldOf(
  episode: readonly Entry[],
  ids: ReadonlySet<string>,
  all: readonly Entry[],
  { history, summedOfIt, rule }: { history: PairHistory; summedOfIt: readonly Entry[]; rule: Rule },
): readonly Fraud[] {
  const told = history.frauds.filter(({ transactions }) => ids.has(transactions.at(-1)?.id ?? ''));
  const summedFromMs = summedOfIt[0]?.eventTimeMs ?? Number.POSITIVE_INFINITY;
  const startMs = Math.min((episode[0] as Entry).eventTimeMs, summedFromMs);
  const isFromBefore = history.isCut && startMs < (all[0] as Entry).eventTimeMs + rule.windowMs;
  if (told.length > 0 || !isFromBefore || !summedOfIt.some((entry) => isOver(entry, rule))) {
    return told;
  }
  const before = history.frauds.filter(({ lastTimeMs }) => lastTimeMs < startMs);
  return before.sort((a, b) => a.lastTimeMs - b.lastTimeMs).slice(-1);
}

function assessmentOf(
  verdict: Assessment['verdict'],
  all: readonly Entry[],
  index: number,
  alertIds: readonly string[],
  rule: Rule,
): Assessment {
  const at = all[index] as Entry;
  const start = windowStart(all, index, rule.windowMs);
  return {
    verdict,
    totalMinor: at.totalMinor,
    transactionCount: index - start + 1,
    firstTimeMs: (all[start] as Entry).eventTimeMs,
    lastTimeMs: at.eventTimeMs,
    alertIds,
  };
}

/** Of the indexes, the one with the largest total; the first of equals. */
function largestOf(all: readonly Entry[], indexes: readonly number[]): number {
  const total = (i: number): bigint => (all[i] as Entry).totalMinor;
  return indexes.reduce((best, i) => (total(i) > total(best) ? i : best));
}

function runStart(all: readonly Entry[], index: number, rule: Rule): number {
  let first = index;
  while (isOver(all[first - 1], rule)) first -= 1;
  return first;
}

function runsOf(all: readonly Entry[], rule: Rule): ReadonlyArray<readonly Entry[]> {
  const runs: Array<readonly Entry[]> = [];
  for (let i = 0; i < all.length; i += (runs.at(-1)?.length ?? 0) + 1) {
    runs.push(runFrom(all, i, rule));
  }
  return runs;
}

/** Empty where the first one is not over the threshold. */
function runFrom(all: readonly Entry[], first: number, rule: Rule): readonly Entry[] {
  let end = first;
  while (isOver(all[end], rule)) end += 1;
  return all.slice(first, end);
}

function isOver(entry: Entry | undefined, rule: Rule): boolean {
  return entry !== undefined && entry.totalMinor > BigInt(rule.thresholdMinor);
}
