import { mediaTypeOf } from './transaction-text.ts';

/** What came of sending one transaction. */
export interface SendResult {
  readonly isAccepted: boolean;
  /** One line for people. */
  readonly summary: string;
  /** For programs: the outcome (W3), the refusal (RFC 9457), or where it was written. */
  readonly json: unknown;
}

const TIMEOUT_MS = 15_000;

/** What score answers to a plain post, an outcome (W3) or a problem (H). */
interface Answer {
  readonly outcome?: string;
  readonly pair?: { readonly origin: string; readonly target: string; readonly currency: string };
  readonly total?: string;
  readonly transactionCount?: number;
  readonly threshold?: string;
  readonly alertId?: string;
  readonly reason?: string;
  readonly detail?: string;
}

/**
 * Posts one line, JSON object or CloudEvent (S4) to score and says what it answered.
 * @throws Error that names the option and the cure when score cannot be reached.
 */
export async function sendToScore(
  text: string,
  { url, token }: { url: string; token?: string | undefined },
): Promise<SendResult> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      body: text.trim(),
      headers: {
        'content-type': mediaTypeOf(text),
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const cause = (error as Error).cause;
    const why = cause instanceof Error && cause.message ? cause.message : (error as Error).message;
    throw new Error(`--score ${url}: ${why}; is ./splitwatch up running, and on which port?`);
  }
  const body = await response.text();
  let answer: Answer = {};
  try {
    answer = JSON.parse(body) as Answer;
  } catch {
    // Not score: the status has to do.
  }
  const summary = response.ok ? describeOutcome(answer) : describeRefusal(response.status, answer);
  return { isAccepted: response.ok, summary, json: answer };
}

function describeOutcome(answer: Answer): string {
  const { outcome = 'accepted', pair, total, transactionCount, threshold, alertId } = answer;
  if (pair === undefined) return outcome;
  const what = transactionCount === 1 ? 'transaction' : 'transactions';
  const sum = `${total} ${pair.currency} in ${transactionCount} ${what}, threshold ${threshold}`;
  const alert = alertId === undefined ? '' : `, alert ${alertId}`;
  return `${outcome}: ${printable(pair.origin)} → ${printable(pair.target)}  ${sum}${alert}`;
}

function describeRefusal(status: number, answer: Answer): string {
  return `refused (${status} ${answer.reason ?? ''}): ${printable(answer.detail ?? '')}`;
}

/** Without characters that a terminal would obey. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** The result as one line of JSON. */
export function printableJson(result: SendResult): string {
  return JSON.stringify(result.json);
}
