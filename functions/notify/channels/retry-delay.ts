const DELAY_MAX_MS = 60_000;

/**
 * How long to wait after the given attempt (the first is 1): doubling, at most a minute, the upper
 * half of it by chance, and never less than the receiver asked for, as far as that is a minute.
 */
export function retryDelayMs(
  attempt: number,
  firstDelayMs: number,
  retryAfterS: number | undefined,
  random: number,
): number {
  const fullMs = Math.min(firstDelayMs * 2 ** (attempt - 1), DELAY_MAX_MS);
  const askedMs = Math.min((retryAfterS ?? 0) * 1000, DELAY_MAX_MS);
  return Math.max(askedMs, Math.round(fullMs * (0.5 + random / 2)));
}
