/** What has begun and has not ended, with the moment from which on it is too slow. */
const begun = new Set<{ readonly endMs: number; readonly onSlow: () => void }>();
let timer: NodeJS.Timeout | undefined;

/** How often is looked: a deadline is kept give or take so much. */
const LOOK_MS = 250;

/**
 * Calls `onSlow` once when `timeoutMs` have passed, give or take a quarter of a second, unless the
 * function returned is called first. One timer for all: a timer for each request, which nearly
 * never goes off, costs as much as reading its body.
 */
export function watchSlow(timeoutMs: number, onSlow: () => void): () => void {
  const one = { endMs: performance.now() + timeoutMs, onSlow };
  begun.add(one);
  timer ??= setInterval(look, Math.min(LOOK_MS, timeoutMs)).unref();
  return () => void begun.delete(one);
}

function look(): void {
  const nowMs = performance.now();
  for (const one of begun) {
    if (one.endMs > nowMs) continue;
    begun.delete(one);
    one.onSlow();
  }
  if (begun.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
