import type { TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord, TopicAdmin, TopicWriter } from '#shared/kafka/topic.ts';
import { type AssessmentJson, isAssessment } from './assessment-text.ts';
import type { Letter } from './letter.ts';

/** What was done about a letter: kept in a topic of its own, beside that of the letters. */
export interface Decision {
  readonly letter: string;
  /** When the letter was written: a topic that was made anew has other letters at its offsets. */
  readonly letterTimeMs: number;
  readonly id?: string | undefined;
  readonly action: 'redriven' | 'dropped' | 'assessed';
  readonly reason?: string | undefined;
  readonly assessment?: AssessmentJson | undefined;
  readonly atMs: number;
  readonly by: string;
  /** Those that were made about the letter before, oldest first: the topic keeps one a letter. */
  readonly earlier: readonly Decision[];
}

const EARLIER_MAX = 20;

/** Where decisions about the letters of a dead-letter topic are kept. */
export function decisionsTopic(topic: string): string {
  return `${topic}-decisions`;
}

/** The newest decision about each letter, by the letter's name. */
export async function readDecisions(
  history: TopicHistory,
  topic: string,
): Promise<ReadonlyMap<string, Decision>> {
  const name = decisionsTopic(topic);
  const decisions = new Map<string, Decision>();
  const take = ({ key, value }: StoredRecord): void => {
    const decision = decisionOf(value);
    if (decision !== undefined && decision.letter === key) decisions.set(key, decision);
  };
  await history.read(name, (await history.spans(name)) ?? [], (records) => records.forEach(take));
  return decisions;
}

/** The decision about this letter, not about one that stood in its place. */
export function decisionAbout(
  letter: Letter,
  decisions: ReadonlyMap<string, Decision>,
): Decision | undefined {
  const decision = decisions.get(letter.name);
  return decision?.letterTimeMs === letter.record.timestampMs ? decision : undefined;
}

/** As `keepDecisions` takes them: what was decided before. */
export function decisionsOf(
  cases: ReadonlyArray<{ readonly letter: Letter; readonly decision: Decision | undefined }>,
): ReadonlyMap<string, Decision> {
  return new Map(
    cases.flatMap(({ letter, decision }) => (decision ? [[letter.name, decision]] : [])),
  );
}

/**
 * Whether somebody has yet to see to the letter: nothing was done, or what it would have changed is
 * known, and is an alert that nobody was told of. That one waits until it is dropped with a reason.
 */
export function isOpen(decision: Decision | undefined): boolean {
  if (decision === undefined) return true;
  return decision.action === 'assessed' && decision.assessment?.verdict === 'opens';
}

/** Writes what was decided; makes the topic where it is the first decision. */
export async function keepDecisions(
  topics: TopicWriter & TopicAdmin,
  topic: string,
  decisions: ReadonlyArray<Omit<Decision, 'earlier'>>,
  before: ReadonlyMap<string, Decision>,
): Promise<void> {
  const name = decisionsTopic(topic);
  await topics.ensureTopics([{ name, partitions: 1, isCompacted: true }]);
  const records = decisions.map((decision) => {
    const { earlier = [], ...last } = before.get(decision.letter) ?? {};
    const all = 'action' in last ? [...earlier, { ...last, earlier: [] }] : [];
    const kept = { ...decision, earlier: all.slice(-EARLIER_MAX) };
    const headers = { 'content-type': 'application/json' };
    return { key: decision.letter, value: Buffer.from(JSON.stringify(kept)), headers };
  });
  await topics.write(name, records);
}

const ACTIONS: readonly unknown[] = ['redriven', 'dropped', 'assessed'];

/** Undefined for what is no decision: nothing is hidden because of what cannot be read. */
function decisionOf(value: Buffer | null): Decision | undefined {
  try {
    const decision: unknown = JSON.parse(String(value));
    return isDecision(decision) ? decision : undefined;
  } catch {
    return undefined;
  }
}

function isDecision(value: unknown): value is Decision {
  const { letter, by, letterTimeMs, atMs, ...rest } = (value ?? {}) as Partial<Decision>;
  const { action, reason, assessment, earlier } = rest;
  return (
    [letter, by, reason ?? ''].every((text) => typeof text === 'string') &&
    [letterTimeMs, atMs].every((ms) => Number.isSafeInteger(ms)) &&
    ACTIONS.includes(action) &&
    (assessment === undefined || isAssessment(assessment)) &&
    Array.isArray(earlier) &&
    earlier.every(isDecision)
  );
}
