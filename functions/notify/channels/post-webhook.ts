import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ALLOW, privateHostOf } from './private-address.ts';
import { type LookUpAll, PrivateAddressError, publicLookup } from './public-lookup.ts';

/** Where alerts are posted. */
export interface WebhookTarget {
  readonly url: string;
  readonly token: string | undefined;
  /** Deadline of one attempt, from sending to the end of the answer, milliseconds. */
  readonly timeoutMs: number;
  /** Whether it may be an address inside, such as another service of the cluster. */
  readonly isPrivateAllowed: boolean;
  /** How its name is looked up; the machine's way unless a test brings another. */
  readonly lookUpAll?: LookUpAll;
}

/** How one attempt ended. */
export type Attempt =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Not sent: it leads to a private address, which nobody has allowed. */
  | { readonly kind: 'private'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterS?: number };

/** Answers that may be better later; all others that are no success are final. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/**
 * Posts one message. Never rejects; follows no redirect, so token and alert go where they should.
 * Each attempt is a connection of its own, so that the address is looked at each time.
 */
export async function postWebhook(
  target: WebhookTarget,
  message: { headers: Record<string, string>; body: string },
  stopping: AbortSignal,
): Promise<Attempt> {
  const deadline = AbortSignal.timeout(target.timeoutMs);
  try {
    const host = target.isPrivateAllowed ? undefined : privateHostOf(target.url);
    if (host !== undefined) throw new PrivateAddressError('WEBHOOK_URL', host);
    const answer = await exchange(target, message, AbortSignal.any([deadline, stopping]));
    return attemptOf(answer.status, answer.retryAfter);
  } catch (thrown) {
    if (thrown instanceof PrivateAddressError) {
      return { kind: 'private', reason: `${thrown.message}: ${ALLOW}` };
    }
    const isLate = deadline.aborted;
    const late = `it did not answer within ${target.timeoutMs} ms`;
    return { kind: 'retry', reason: isLate ? late : 'it cannot be reached' };
  }
}

interface WebhookAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** One request. Resolves when the answer has ended; its body is thrown away. */
function exchange(
  { url, token, isPrivateAllowed, lookUpAll }: WebhookTarget,
  message: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const request = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  const headers: Record<string, string> = {
    ...message.headers,
    'content-length': String(Buffer.byteLength(message.body)),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const lookup = isPrivateAllowed ? {} : { lookup: publicLookup(lookUpAll) };
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers, agent: false, signal, ...lookup });
    sending.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      response.on('end', () => resolve({ status, retryAfter: headers['retry-after'] }));
      response.on('error', reject);
      response.on('close', () => reject(new Error('the connection was cut before the end')));
      response.resume();
    });
    sending.on('error', reject);
    sending.end(message.body);
  });
}

function attemptOf(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const reason = `it answered ${status}`;
  if (status < 500 && !RETRYABLE.has(status)) return { kind: 'refused', reason };
  const retryAfterS = Number(retryAfter ?? Number.NaN);
  return { kind: 'retry', reason, ...(retryAfterS >= 0 ? { retryAfterS } : {}) };
}
