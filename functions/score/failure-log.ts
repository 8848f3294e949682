import { type AppError, toAppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';

// While a dependency is away every request fails in the same way; one line a second says so.
const REPEAT_MS = 1_000;

/** Logs a failure of ours, once; refusals of the sender's input are counted, not logged. */
export type LogFailure = (thrown: unknown, transactionId: string | undefined) => void;

export function createFailureLog(log: Log, now: () => number): LogFailure {
  const lastMs = new Map<string, number>();
  let suppressed = 0;
  return (thrown, transactionId) => {
    const error: AppError = toAppError(thrown);
    if (error.code === 'internal') {
      log.error({ transactionId, code: error.code, err: error.cause ?? error }, error.message);
      return;
    }
    if (error.status < 500) return;
    const nowMs = now();
    if (nowMs - (lastMs.get(error.code) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) {
      suppressed += 1;
      return;
    }
    lastMs.set(error.code, nowMs);
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    log.warn({ transactionId, code: error.code, cause, suppressed }, error.message);
    suppressed = 0;
  };
}
