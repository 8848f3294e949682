import { setTimeout as sleep } from 'node:timers/promises';
import { parseAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { RuleJson } from '../../functions/score/rule-json.ts';
import { answerOf, bearer, type PlainAnswer } from './answer-of.ts';

/** What score runs with, as far as reading the topic again depends on it. */
export interface ScoreRule {
  readonly rule: Rule;
  readonly maxFutureMs: number;
  readonly stateTtlMs: number;
}

const TIMEOUT_MS = 5000;
const RETRY_MS = 500;

/**
 * Asks score for its rule, so that nobody has to say it twice.
 * @param patienceMs - a pod that is not ready yet may take so long.
 * @throws Error in words when score does not answer in that time, or is not score.
 */
export async function askRule(
  score: { readonly url: string; readonly token?: string | undefined },
  signal: AbortSignal,
  patienceMs: number,
): Promise<ScoreRule> {
  const url = new URL('/rule', score.url);
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await answerOf(url, { headers: bearer(score.token) }, TIMEOUT_MS);
    if (answer.status === 200) return toRule(answer.text, score.url);
    const isLasting = answer.status >= 400 && answer.status < 500;
    if (isLasting || performance.now() > endMs) throw refusal(score.url, answer);
    await sleep(RETRY_MS, undefined, { signal });
  }
}

function refusal(url: string, { status, text }: PlainAnswer): Error {
  if (status === 401 || status === 403) {
    return new Error(`score at ${url} wants its token: AUTH_TOKEN in the environment`);
  }
  const said = status === 0 ? text : `it answers ${status} ${text.slice(0, 200)}`;
  return new Error(`score at ${url}: ${said}; is --score where score listens?`);
}

function toRule(text: string, url: string): ScoreRule {
  const json = readJson(text);
  const thresholdMinor = json && parseAmount(json.threshold);
  if (json === undefined || thresholdMinor === undefined) {
    throw new Error(`${url}: what answers is not score`);
  }
  const { id, version, groupBy, windowMs, allowedLatenessMs, updates } = json;
  return {
    rule: { id, version, groupBy, windowMs, allowedLatenessMs, thresholdMinor, updates },
    maxFutureMs: json.maxFutureMs,
    stateTtlMs: json.stateTtlMs,
  };
}

function readJson(text: string): RuleJson | undefined {
  try {
    return JSON.parse(text) as RuleJson;
  } catch {
    return undefined;
  }
}
