import { formatAmount } from '#shared/domain/amount.ts';
import type { Fraud } from '#shared/domain/fraud.ts';
import { groupByPair, judgeEpisodes, wrongFrauds } from '../../test/oracle/compare.ts';
import { askSettled } from './ask-settled.ts';
import { CHAOS_RULE } from './chaos-rule.ts';
import type { Evidence } from './evidence.ts';
import { type OracleSays, saysOf } from './oracle-says.ts';
import { shownAlerts } from './shown-alerts.ts';
import type { Stage } from './stage.ts';

/** One thing that is wrong, in a sentence; of which kind, and how much it comes to. */
export interface Problem {
  readonly kind: 'lost' | 'doubled' | 'wrong';
  readonly count: number;
  readonly what: string;
}

export interface VerdictOptions {
  readonly stage: Stage;
  readonly evidence: Evidence;
  readonly oracle: OracleSays;
  /** Pairs to look at. */
  readonly pairKeys: readonly string[];
}

/** Everything that is not as it must be when all is settled. */
export async function judge(options: VerdictOptions): Promise<readonly Problem[]> {
  return [
    ...(await judgeTotals(options)),
    ...judgeFrauds(options),
    ...(await judgeAlerts(options)),
    ...judgeDeadLetters(options),
  ];
}

const ASKED_AT_ONCE = 8;

/** Score's totals against the oracle's, pair by pair (L2, O4). */
async function judgeTotals(options: VerdictOptions): Promise<Problem[]> {
  const { stage, oracle, pairKeys } = options;
  const problems: Problem[] = [];
  const left = [...pairKeys];
  const askOne = async (key: string): Promise<void> => {
    const { newest, totalMinor, transactionCount } = oracle.pair(key);
    const { origin, target, currency } = newest;
    const path = `/pairs/${encodeURIComponent(origin)}/${encodeURIComponent(target)}`;
    const url = `${stage.functions.score.url}${path}?currency=${currency}`;
    const { body } = await askSettled<{ total?: string; transactionCount?: number }>(url);
    const { total = '0.00', transactionCount: count = 0 } = body;
    const expected = formatAmount(totalMinor);
    if (total === expected && count === transactionCount) return;
    const missing = transactionCount - count;
    problems.push({
      kind: missing > 0 ? 'lost' : missing < 0 ? 'doubled' : 'wrong',
      count: Math.max(1, Math.abs(missing)),
      what: `pair ${key}: ${total} of ${count}, not ${expected} of ${transactionCount}`,
    });
  };
  const ask = async (): Promise<void> => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) await askOne(key);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, ask));
  return problems;
}

/** The fraud topic: the very set where order is kept (L2), else what O4 promises. */
function judgeFrauds({ stage, evidence, oracle }: VerdictOptions): Problem[] {
  const { frauds, transactions } = evidence;
  const problems = wrongFrauds(frauds).map((what) => problem('wrong', `adds up wrongly: ${what}`));
  for (const [name, said] of contradictions(frauds)) {
    problems.push(problem('doubled', `fraud event ${name} says two things: ${said}`));
  }
  if (stage.ordering === 'unordered') {
    const { missed } = judgeEpisodes(groupByPair(transactions), frauds, CHAOS_RULE);
    return [...problems, ...missed.map((id) => problem('lost', `nothing opened episode ${id}`))];
  }
  const actual = new Map(frauds.map((fraud) => [nameOf(fraud), saysOf(fraud)]));
  for (const [name, said] of oracle.events) {
    const found = actual.get(name);
    if (found === undefined) problems.push(problem('lost', `fraud event ${name} is missing`));
    else if (found !== said) problems.push(problem('wrong', `${name}: ${found}, not ${said}`));
  }
  for (const name of actual.keys()) {
    if (!oracle.events.has(name)) problems.push(problem('doubled', `${name} is one too many`));
  }
  return problems;
}

/** Repeating a fraud event is allowed (O3); saying another thing under its name is not. */
function contradictions(frauds: readonly Fraud[]): [name: string, said: string][] {
  const said = new Map<string, string>();
  const contradicted: [string, string][] = [];
  for (const fraud of frauds) {
    const name = nameOf(fraud);
    const before = said.get(name) ?? saysOf(fraud);
    if (before !== saysOf(fraud)) contradicted.push([name, `${before}, ${saysOf(fraud)}`]);
    said.set(name, before);
  }
  return contradicted;
}

/** What people see: each alert of the topic once, at its highest sequence. */
async function judgeAlerts({ stage, evidence }: VerdictOptions): Promise<Problem[]> {
  const expected = new Map<string, Fraud>();
  for (const fraud of evidence.frauds) {
    if (fraud.sequence > (expected.get(fraud.alertId)?.sequence ?? 0)) {
      expected.set(fraud.alertId, fraud);
    }
  }
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { alertId, sequence, total, history } of await shownAlerts(
    stage.functions.notify.url,
  )) {
    const fraud = expected.get(alertId);
    const sequences = history.map((step) => step.sequence);
    const isRepeated = seen.has(alertId) || new Set(sequences).size < sequences.length;
    seen.add(alertId);
    if (isRepeated) problems.push(problem('doubled', `alert ${alertId} is shown twice`));
    if (fraud === undefined) problems.push(problem('wrong', `alert ${alertId} comes from nowhere`));
    else if (fraud.sequence !== sequence || formatAmount(fraud.totalMinor) !== total) {
      problems.push(problem('wrong', `alert ${alertId} is shown as ${sequence}, ${total}`));
    }
  }
  for (const alertId of expected.keys()) {
    if (!seen.has(alertId)) problems.push(problem('lost', `alert ${alertId} is not shown`));
  }
  return problems;
}

/** Exactly the planted poison, each with its reason (L4), and nothing given up for good. */
function judgeDeadLetters({ evidence, stage }: VerdictOptions): Problem[] {
  const { poison, deadLetters, fraudDeadLetters } = evidence;
  const problems = fraudDeadLetters.map((id) => problem('lost', `fraud event ${id} was given up`));
  for (const [place, reason] of poison) {
    const told = deadLetters.get(place);
    if (told === undefined) problems.push(problem('lost', `poison ${place} has no dead letter`));
    else if (told !== reason) problems.push(problem('wrong', `poison ${place}: ${told}`));
  }
  for (const [place, reason] of deadLetters) {
    if (!poison.has(place)) problems.push(problem('lost', `${place} is a dead letter: ${reason}`));
  }
  return [...problems, ...stage.lossLines.map((line) => problem('lost', line))];
}

function nameOf({ alertId, sequence }: Fraud): string {
  return `${alertId}/${sequence}`;
}

function problem(kind: Problem['kind'], what: string): Problem {
  return { kind, count: 1, what };
}
