export interface Readiness {
  /** Undefined when ready, else one sentence that says what is waited for. */
  readonly notReadyReason: () => string | undefined;
  readonly stop: () => void;
}

/**
 * Watches a dependency for `/readyz`, with hysteresis: not ready until the first check is good, and
 * then only after `failuresMax` bad ones in a row. While the store is away for a moment, pods that
 * answer 503 are of more use than pods that all flap out of the service at once (facts 3).
 *
 * @param options.problem - one check; undefined is good. A rejection is a problem too.
 * @param options.intervalMs - pause between the end of one check and the next; 1 s unless given.
 * @param options.failuresMax - bad checks in a row that make it not ready; 10 unless given.
 */
export function watchReadiness(options: {
  problem: () => Promise<string | undefined>;
  intervalMs?: number;
  failuresMax?: number;
}): Readiness {
  const { problem: findProblem, intervalMs = 1_000, failuresMax = 10 } = options;
  let reason: string | undefined = 'not checked yet';
  let failures = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const check = async (): Promise<void> => {
    const problem = await findProblem().catch((error: unknown) => String(error));
    failures = problem === undefined ? 0 : failures + 1;
    if (problem === undefined) reason = undefined;
    else if (failures >= failuresMax) reason = problem;
    if (!isStopped) timer = setTimeout(check, intervalMs).unref();
  };
  void check();
  return {
    notReadyReason: () => reason,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
