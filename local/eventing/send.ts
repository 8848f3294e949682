import { backoffMs, type Delivery, isDelivered, isRetried, type PostResult } from './delivery.ts';
import type { Timers } from './timers.ts';

/** What the tries together came to. `abandoned`: the lease ended first; another will deliver. */
export type SendResult =
  | { readonly kind: 'delivered'; readonly result: PostResult }
  | { readonly kind: 'refused'; readonly result: PostResult }
  | { readonly kind: 'abandoned' };

/**
 * Posts until it is accepted, refused for good, or out of retries. When `signal` aborts, the
 * request in flight is the last one, and waiting for the next ends at once.
 */
export async function send(
  delivery: Delivery,
  post: () => Promise<PostResult>,
  options: { signal: AbortSignal; onRetry: () => void; timers: Pick<Timers, 'sleep'> },
): Promise<SendResult> {
  const { signal, onRetry, timers } = options;
  for (let attempt = 1; ; attempt++) {
    const result = await post();
    if (isDelivered(result)) return { kind: 'delivered', result };
    if (!isRetried(result)) return { kind: 'refused', result };
    if (signal.aborted) return { kind: 'abandoned' };
    if (attempt > delivery.retries) return { kind: 'refused', result };
    onRetry();
    try {
      await timers.sleep(backoffMs(delivery, attempt), signal);
    } catch {
      return { kind: 'abandoned' };
    }
  }
}
