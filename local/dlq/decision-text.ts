import { printable } from '../printable.ts';
import { describeAssessment } from './assessment-text.ts';
import type { Decision } from './decisions.ts';
import { timeText } from './time-text.ts';

/** A decision in words: `dropped 2026-… by anna: REASON`. */
export function describeDecision({ action, atMs, by, reason, assessment }: Decision): string {
  const what = [
    ...(reason === undefined ? [] : [printable(reason)]),
    ...(assessment === undefined ? [] : [describeAssessment(assessment)]),
  ];
  const made = `${action} ${timeText(atMs)} by ${printable(by)}`;
  return what.length === 0 ? made : `${made}: ${what.join('; ')}`;
}

/** For scripts: times as text. */
export function decisionToJson(decision: Decision): Record<string, unknown> {
  const { action, atMs, by, reason, assessment, earlier } = decision;
  return {
    ...{ action, at: timeText(atMs), by, reason, assessment },
    ...(earlier.length === 0 ? {} : { earlier: earlier.map(decisionToJson) }),
  };
}
