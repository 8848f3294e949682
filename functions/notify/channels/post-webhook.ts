/** Where alerts are posted. */
export interface WebhookTarget {
  readonly url: string;
  readonly token: string | undefined;
  /** Deadline of one attempt, from sending to the end of the answer, milliseconds. */
  readonly timeoutMs: number;
}

/** How one attempt ended. */
export type Attempt =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterS?: number };

/** Answers that may be better later; all others that are no success are final. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Posts one message. Never rejects; follows no redirect, so the token goes where it should. */
export async function postWebhook(
  target: WebhookTarget,
  message: { headers: Record<string, string>; body: string },
  stopping: AbortSignal,
): Promise<Attempt> {
  const { url, token, timeoutMs } = target;
  const headers = { ...message.headers };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping]);
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: message.body,
      redirect: 'manual',
      signal,
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'sent' };
    const reason = `it answered ${response.status}`;
    if (response.status < 500 && !RETRYABLE.has(response.status))
      return { kind: 'refused', reason };
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { kind: 'retry', reason, ...(retryAfterS >= 0 ? { retryAfterS } : {}) };
  } catch (thrown) {
    const isLate = thrown instanceof DOMException && thrown.name === 'TimeoutError';
    const reason = isLate ? `it did not answer within ${timeoutMs} ms` : 'it cannot be reached';
    return { kind: 'retry', reason };
  }
}
