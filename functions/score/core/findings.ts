import { FRAUD_MEMBERS_MAX, type FraudMember } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { Entry, EntryVerdict, PairState } from './pair-state.ts';
import type { Finding, Verdict } from './verdict.ts';
import { positionOf, windowStart } from './window.ts';

/**
 * A remembered verdict with its member lists, read from the entries as they stood when the verdict
 * was made: those that had come by then. The window of every known entry is whole, so the same
 * verdict has the same members each time.
 */
export function toVerdict(state: PairState, verdict: EntryVerdict, rule: Rule): Verdict {
  const findings = verdict.findings.map(
    (finding): Finding => ({
      openingId: finding.openingId,
      sequence: finding.sequence,
      totalMinor: finding.totalMinor,
      transactionCount: finding.transactionCount,
      firstTimeMs: finding.firstTimeMs,
      lastTimeMs: finding.at.eventTimeMs,
      members: membersAt(state, finding.at, finding.arrival, rule),
    }),
  );
  return {
    kind: kindOf(findings),
    totalMinor: verdict.totalMinor,
    transactionCount: verdict.transactionCount,
    findings,
  };
}

function kindOf(findings: readonly Finding[]): Verdict['kind'] {
  if (findings.length === 0) return 'counted';
  return findings.some((finding) => finding.sequence === 1) ? 'crossed' : 'updated';
}

/** The newest members of the window at `at` among those that came no later than `arrival`. */
export function membersAt(
  state: PairState,
  at: Entry,
  arrival: number,
  rule: Rule,
): readonly FraudMember[] {
  const members: FraudMember[] = [];
  const index = positionOf(state.entries, at);
  const start = windowStart(state.entries, index, rule.windowMs);
  for (let i = index; i >= start && members.length < FRAUD_MEMBERS_MAX; i--) {
    const { id, eventTimeMs, amountMinor, arrival: came } = state.entries[i] as Entry;
    if (came <= arrival) members.push({ id, eventTimeMs, amountMinor });
  }
  return members.reverse();
}
