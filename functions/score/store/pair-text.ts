import type { Rule } from '#shared/domain/rule.ts';
import {
  type Entry,
  type EntryFinding,
  emptyPairState,
  type PairState,
  putAlert,
} from '../core/pair-state.ts';
import { type Trailing, trailingTotals } from './trailing-totals.ts';

/**
 * How a pair's state is written in Redis while it is small: one JSON text. Most of it follows from
 * times and amounts and is left out: trailing totals, what was first answered where that is still
 * the same, the order of arrival where it is that of time. So a transaction costs its time since
 * the one before, its amount, and its id without the source, which is mostly that of all.
 *
 *     ["/bank/a#",2,0,0,1795255200000,[0,517500,"1",60000,380200,"2"]]
 *
 * is source, arrivals, opening of the episode that the last forgotten entry was in, opening of the
 * one that the newest is in, first time, entries; then, where there are any, alerts and what does
 * not follow (`More`).
 */
type Text = [
  source: string,
  arrivals: number,
  trimmedOpening: string | 0,
  newestOpening: string | 0,
  firstTimeMs: number,
  entries: (number | string)[],
  alerts?: [opening: string, sequence: number, total: string][],
  more?: More[],
];

/** Of the entry at `index`; 0 stands for what follows by itself. */
type More = [
  index: number,
  arrival: number,
  /** The entry's total, where it is over the threshold and the entries of its window are gone. */
  total: string | 0,
  /** Of the verdict. */
  verdictTotal: string | 0,
  verdictCount: number,
  findings: Findings | 0,
];
type Findings = [
  opening: string,
  sequence: number,
  at: number,
  arrival: number,
  total: string,
  count: number,
  firstTimeMs: number,
][];

/** The state that was written. It is the caller's to change. */
export function decodePairState(text: string, rule: Rule): PairState {
  const [source, arrivals, trimmed, newest, firstTimeMs, list, alerts, more] = JSON.parse(
    text,
  ) as Text;
  const state = emptyPairState();
  const { entries } = state;
  state.arrivals = arrivals;
  state.trimmedOpeningId = trimmed === 0 ? undefined : longId(source, trimmed);
  state.newestOpeningId = newest === 0 ? undefined : longId(source, newest);
  for (const [opening, sequence, total] of alerts ?? []) {
    putAlert(state, longId(source, opening), { sequence, totalMinor: BigInt(total) });
  }
  const trailing = trailingTotals(list, firstTimeMs, rule.windowMs);
  const count = list.length / 3;
  for (let i = 0; i < count; i++) {
    const { totalMinor, transactionCount } = trailing[i] as Trailing;
    const entry: Entry = {
      id: longId(source, list[3 * i + 2] as string),
      eventTimeMs: (trailing[i] as Trailing).eventTimeMs,
      amountMinor: list[3 * i + 1] as number,
      arrival: arrivals - (count - 1 - i),
      totalMinor,
      verdict: { totalMinor, transactionCount, findings: NO_FINDINGS },
    };
    entries.push(entry);
  }
  if (more !== undefined) tellMore(state, source, more);
  return state;
}

const NO_FINDINGS: readonly EntryFinding[] = [];

function tellMore(state: PairState, source: string, more: readonly More[]): void {
  const { entries } = state;
  for (const [index, arrival, total] of more) {
    const derived = entries[index] as Entry;
    entries[index] = {
      ...derived,
      arrival: arrival || derived.arrival,
      totalMinor: total === 0 ? derived.totalMinor : BigInt(total),
    };
  }
  // Findings name entries, which are all told by now.
  for (const [index, , , total, transactionCount, findings] of more) {
    const entry = entries[index] as Entry;
    const verdict = entry.verdict as Entry['verdict'] & object;
    entry.verdict = {
      totalMinor: total === 0 ? verdict.totalMinor : BigInt(total),
      transactionCount: transactionCount || verdict.transactionCount,
      findings: findings === 0 ? NO_FINDINGS : findings.map((one) => toFinding(state, source, one)),
    };
  }
}

function toFinding(state: PairState, source: string, written: Findings[number]): EntryFinding {
  const [opening, sequence, at, arrival, total, transactionCount, firstTimeMs] = written;
  return {
    openingId: longId(source, opening),
    sequence,
    at: state.entries[at] as Entry,
    arrival,
    totalMinor: BigInt(total),
    transactionCount,
    firstTimeMs,
  };
}

/** Writes a state that has at least one entry. */
export function encodePairState(state: PairState, rule: Rule): string {
  const { entries, arrivals, alerts } = state;
  const newest = entries.at(-1) as Entry;
  const source = newest.id.slice(0, newest.id.lastIndexOf('#') + 1);
  const short = (id: string): string => shortId(source, id);
  const list: (number | string)[] = [];
  const firstTimeMs = (entries[0] as Entry).eventTimeMs;
  let beforeMs = firstTimeMs;
  for (const { eventTimeMs, amountMinor, id } of entries) {
    list.push(eventTimeMs - beforeMs, amountMinor, short(id));
    beforeMs = eventTimeMs;
  }
  const text: Text = [
    source,
    arrivals,
    state.trimmedOpeningId === undefined ? 0 : short(state.trimmedOpeningId),
    state.newestOpeningId === undefined ? 0 : short(state.newestOpeningId),
    firstTimeMs,
    list,
  ];
  const more = findMore(state, list, rule, short);
  if (alerts.size > 0 || more.length > 0) {
    text.push(
      Array.from(alerts, ([id, { sequence, totalMinor }]) => [
        short(id),
        sequence,
        `${totalMinor}`,
      ]),
    );
  }
  if (more.length > 0) text.push(more);
  return JSON.stringify(text);
}

/** What does not follow from times and amounts, of the entries that can still be asked for. */
function findMore(
  state: PairState,
  list: readonly (number | string)[],
  rule: Rule,
  short: (id: string) => string,
): More[] {
  const { entries, arrivals } = state;
  const last = entries.length - 1;
  const threshold = BigInt(rule.thresholdMinor);
  const knownSinceMs =
    (entries[last] as Entry).eventTimeMs - rule.windowMs - rule.allowedLatenessMs;
  const trailing = trailingTotals(list, (entries[0] as Entry).eventTimeMs, rule.windowMs);
  const more: More[] = [];
  for (let i = 0; i <= last; i++) {
    const entry = entries[i] as Entry;
    const derived = trailing[i] as Trailing;
    const arrival = entry.arrival === arrivals - (last - i) ? 0 : entry.arrival;
    const isHidden = entry.totalMinor > threshold && derived.totalMinor <= threshold;
    const total = isHidden ? `${entry.totalMinor}` : 0;
    const one: More = [i, arrival, total, 0, 0, 0];
    if (entry.eventTimeMs > knownSinceMs) addVerdict(one, state, derived, short);
    if (one.some((value, at) => at > 0 && value !== 0)) more.push(one);
  }
  return more;
}

function addVerdict(
  one: More,
  state: PairState,
  derived: Trailing,
  short: (id: string) => string,
): void {
  const verdict = (state.entries[one[0]] as Entry).verdict as Entry['verdict'] & object;
  if (verdict.totalMinor !== derived.totalMinor) one[3] = `${verdict.totalMinor}`;
  if (verdict.transactionCount !== derived.transactionCount) one[4] = verdict.transactionCount;
  if (verdict.findings.length === 0) return;
  one[5] = verdict.findings.map((finding) => [
    short(finding.openingId),
    finding.sequence,
    state.entries.indexOf(finding.at),
    finding.arrival,
    `${finding.totalMinor}`,
    finding.transactionCount,
    finding.firstTimeMs,
  ]);
}

/** Ids of the state's source without it, others after a `#`. */
function shortId(source: string, id: string): string {
  if (!id.startsWith(source)) return `#${id}`;
  const rest = id.slice(source.length);
  return rest.startsWith('#') ? `#${id}` : rest;
}

function longId(source: string, short: string): string {
  return short.startsWith('#') ? short.slice(1) : source + short;
}
