const PAUSE_MS = 50;

/**
 * Calls `attempt` until it answers something, at most for `timeoutMs`. `ending` may say that
 * waiting is in vain.
 *
 * @throws Error with what `ending` said, or `WHAT does not answer within N s`.
 */
export async function pollUntil<T>(
  what: string,
  timeoutMs: number,
  attempt: () => Promise<T | undefined>,
  ending: () => string | undefined = () => undefined,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    const reason = ending();
    if (reason !== undefined) throw new Error(reason);
    if (performance.now() > deadlineMs) {
      throw new Error(`${what} does not answer within ${timeoutMs / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
