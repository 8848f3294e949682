import type { Rule } from '#shared/domain/rule.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import type { ReadOptions, TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { TopicAdmin, TopicWriter } from '#shared/kafka/topic.ts';
import { assessLate } from './assess-late.ts';
import { type AssessmentJson, assessmentToJson } from './assessment-text.ts';
import { handlingOf } from './cures.ts';
import { decisionsOf, keepDecisions } from './decisions.ts';
import { gatherPairs, pairName, transactionOfLetter } from './gather-pairs.ts';
import type { Letter } from './letter.ts';
import { originalRecord } from './original-record.ts';
import type { LetterCase } from './read-letters.ts';
import { timeText } from './time-text.ts';

export interface RedriveOptions {
  readonly topics: TopicWriter & TopicAdmin;
  readonly history: TopicHistory;
  /** The dead-letter topic. */
  readonly topic: string;
  /** Where the records are written again. */
  readonly to: string;
  /** Where fraud events stand, for what was late. */
  readonly fraud: string;
  readonly rule: Rule;
  readonly lookBackMs: number;
  /** Sends also what would come back. */
  readonly isForced: boolean;
  /** Sends also what was decided about before. */
  readonly isAgain: boolean;
  readonly isDryRun: boolean;
  readonly by: string;
  readonly now: () => number;
  readonly progress: (topic: string) => ReadOptions;
  /** Takes each result when it is certain: sent and kept. */
  readonly onResult: (result: RedriveResult) => void;
}

/** What became of one letter, or would become of it. */
export interface RedriveResult {
  readonly letter: Letter;
  readonly action: 'redriven' | 'assessed' | 'refused';
  /** Why it was not sent. */
  readonly why?: string;
  readonly assessment?: AssessmentJson;
}

/** Letters that are sent, and decided about, in one go: what a crash in between leaves open. */
const CHUNK = 100;

/**
 * Sends the chosen letters' records through the same path again, and works out what late ones would
 * have changed. Each decision is kept after Kafka has acknowledged the record; a letter that is
 * still open after a failure in between may be sent again, since it counts once (O3).
 * @throws AppError `topic` when Kafka does not answer; what was told by `onResult` is done.
 */
export async function redrive(
  chosen: readonly LetterCase[],
  all: readonly LetterCase[],
  options: RedriveOptions,
): Promise<void> {
  const refusals = chosen.map((one) => refusalOf(one, options));
  chosen.forEach(({ letter }, i) => {
    const why = refusals[i];
    if (why !== undefined) options.onResult({ letter, action: 'refused', why });
  });
  const willing = chosen.filter((_, i) => refusals[i] === undefined);
  const isLate = ({ letter }: LetterCase): boolean => handlingOf(letter) === 'assess';
  const late = willing.filter(isLate);
  const assessments = late.length === 0 ? new Map() : await assess(late, all, options);
  const results = willing.map((one) => resultOf(one.letter, assessments, options));
  for (let i = 0; i < results.length; i += CHUNK) {
    const chunk = results.slice(i, i + CHUNK);
    if (!options.isDryRun) await carryOut(chunk, all, options);
    chunk.forEach(options.onResult);
  }
}

/** Why the letter is not touched; undefined where it is. */
function refusalOf(
  { letter, decision }: LetterCase,
  { isForced, isAgain, topic }: RedriveOptions,
): string | undefined {
  if (originalRecord(letter) === undefined) return 'there is no event in it: nothing can be sent';
  if (!isForced && handlingOf(letter) === 'correct') {
    return `${letter.reason.text}: it would come back; its sender has to be mended (--force sends it)`;
  }
  if (isAgain || decision === undefined || decision.action === 'assessed') return undefined;
  const at = timeText(decision.atMs);
  return `it was ${decision.action} at ${at} (${topic}); --again sends it once more`;
}

function resultOf(
  letter: Letter,
  assessments: ReadonlyMap<string, AssessmentJson | string>,
  { isForced }: RedriveOptions,
): RedriveResult {
  const assessment = assessments.get(letter.name);
  if (assessment === undefined) return { letter, action: 'redriven' };
  if (typeof assessment === 'string') return { letter, action: 'refused', why: assessment };
  return { letter, action: isForced ? 'redriven' : 'assessed', assessment };
}

/** By letter: what it would have changed, or why that cannot be said. */
async function assess(
  late: readonly LetterCase[],
  all: readonly LetterCase[],
  options: RedriveOptions,
): Promise<ReadonlyMap<string, AssessmentJson | string>> {
  const { rule, to } = options;
  const read = new Map<string, Transaction | string>();
  for (const { letter } of late) read.set(letter.name, readTransaction(letter));
  const transactions = [...read.values()].filter((one) => typeof one !== 'string');
  const pairs = await gatherPairs(transactions, { ...options, transactions: to, cases: all });
  const assessments = new Map<string, AssessmentJson | string>();
  for (const [name, one] of read) {
    const pair = typeof one === 'string' ? undefined : pairs.get(pairName(one));
    if (typeof one === 'string' || pair === undefined) assessments.set(name, String(one));
    else {
      const assessment = assessLate(one, pair, rule);
      assessments.set(name, assessmentToJson(assessment, one, rule.thresholdMinor));
    }
  }
  return assessments;
}

function readTransaction(letter: Letter): Transaction | string {
  try {
    return transactionOfLetter(letter) ?? 'there is no transaction in it';
  } catch (error) {
    return `it cannot be assessed: ${(error as Error).message}`;
  }
}

async function carryOut(
  results: readonly RedriveResult[],
  all: readonly LetterCase[],
  { topics, topic, to, by, now }: RedriveOptions,
): Promise<void> {
  const sent = results.filter(({ action }) => action === 'redriven');
  const records = sent.flatMap(({ letter }) => originalRecord(letter) ?? []);
  if (records.length > 0) await topics.write(to, records);
  const atMs = now();
  const decided = results.flatMap(({ letter, action, assessment }) => {
    if (action === 'refused') return [];
    const { name, id, record } = letter;
    return [{ letter: name, letterTimeMs: record.timestampMs, id, action, assessment, atMs, by }];
  });
  if (decided.length > 0) await keepDecisions(topics, topic, decided, decisionsOf(all));
}
