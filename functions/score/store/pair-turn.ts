import type { Rule } from '#shared/domain/rule.ts';
import { addToPair } from '../core/add-to-pair.ts';
import { toVerdict } from '../core/findings.ts';
import type { Entry, PairState } from '../core/pair-state.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Decision } from '../totals-store.ts';
import type { Waiting } from './turns.ts';

/** What the core makes of the transactions of one turn, for the state that was read. */
export interface TurnResult {
  /** In the order of the transactions. */
  readonly answers: readonly Answer[];
  /** Whether the state has become another one. */
  readonly isChanged: boolean;
  /** Verdicts that are to be kept until they are sent, by transaction id. */
  readonly unsent: readonly (readonly [id: string, verdict: Verdict])[];
}

export interface Answer {
  readonly decision: Decision;
  /** True where a verdict that is kept until it is sent, if there is one, is the answer. */
  readonly mayBeUnsent: boolean;
}

/** Adds the transactions to the state, in place, one after the other (D, O). */
export function decideTurn(state: PairState, waiting: readonly Waiting[], rule: Rule): TurnResult {
  const answers: Answer[] = [];
  const unsent: [string, Verdict][] = [];
  let isChanged = false;
  for (const { transaction } of waiting) {
    const added = addToPair(state, transaction, rule);
    if (added.kind === 'late') {
      answers.push({ decision: added, mayBeUnsent: true });
      continue;
    }
    if (added.kind === 'known') {
      const first = toVerdict(state, added.entry.verdict as Entry['verdict'] & object, rule);
      const mayBeUnsent = first.findings.length > 0;
      answers.push({ decision: { kind: 'duplicate', first }, mayBeUnsent });
      continue;
    }
    isChanged = true;
    const verdict = toVerdict(state, added.verdict, rule);
    if (verdict.findings.length > 0) unsent.push([transaction.id, verdict]);
    answers.push({ decision: verdict, mayBeUnsent: false });
  }
  return { answers, isChanged, unsent };
}
