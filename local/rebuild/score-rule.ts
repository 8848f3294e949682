import { setTimeout as sleep } from 'node:timers/promises';
import { parseAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import type { RuleJson } from '../../functions/score/rule-json.ts';
import { answerOf, bearer } from './answer-of.ts';

/** What score runs with, as far as reading the topic again depends on it. */
export interface ScoreRule {
  readonly rule: Rule;
  readonly maxFutureMs: number;
  readonly stateTtlMs: number;
}

const TIMEOUT_MS = 5000;
/** A pod that was not ready may take so long to be asked again. */
const GIVE_UP_AFTER_MS = 60_000;
const RETRY_MS = 500;

/**
 * Asks score for its rule, so that nobody has to say it twice.
 * @throws Error in words when score does not answer for a minute, or is not score.
 */
export async function askRule(
  score: { readonly url: string; readonly token?: string | undefined },
  signal: AbortSignal,
): Promise<ScoreRule> {
  const url = new URL('/rule', score.url);
  const endMs = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const answer = await answerOf(url, { headers: bearer(score.token) }, TIMEOUT_MS);
    if (answer.status === 200) return toRule(answer.text, score.url);
    const isLasting = answer.status >= 400 && answer.status < 500;
    if (isLasting || performance.now() > endMs) {
      throw new Error(`score at ${score.url}: ${answer.status || ''} ${answer.text.slice(0, 200)}`);
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

function toRule(text: string, url: string): ScoreRule {
  const json = JSON.parse(text) as RuleJson;
  const thresholdMinor = parseAmount(json.threshold);
  if (thresholdMinor === undefined) throw new Error(`${url}/rule: what answers is not score`);
  const { id, version, groupBy, windowMs, allowedLatenessMs, updates } = json;
  return {
    rule: { id, version, groupBy, windowMs, allowedLatenessMs, thresholdMinor, updates },
    maxFutureMs: json.maxFutureMs,
    stateTtlMs: json.stateTtlMs,
  };
}
