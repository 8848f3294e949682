import {
  type FunctionProcess,
  type FunctionProcessOptions,
  startFunctionProcess,
} from './function-process.ts';

/** A function that is started again when it dies. */
export interface KeptFunction {
  /** Stays the same over restarts. */
  readonly url: string;
  readonly restarts: number;
  /** Process group of the one that runs now, or ran last. */
  readonly pid: number;
  /** Ends the process at once, as a crash would; it will be started again. */
  kill(): void;
  stop(): Promise<void>;
}

export interface KeptFunctionOptions extends FunctionProcessOptions {
  /** 0 picks a free port, which is then kept. */
  readonly port: number;
  /** Takes one sentence about each death and restart. */
  readonly report: (sentence: string) => void;
  /** Wait before the first restart, and the longest; 250 and 10,000 ms unless set. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
}

const BACKOFF = { firstMs: 250, maxMs: 10_000 };
/** One that ran so long is waited for as after its first death. */
const STABLE_AFTER_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

/**
 * Starts a function and keeps it running on the same port: when it dies that is reported, and it is
 * started again after a wait that doubles each time up to a bound, as often as it takes: as on a
 * cluster, what it needs may be away for hours. The first start is not repeated: what fails then (a
 * setting, a port) would fail again.
 */
export async function startKeptFunction(options: KeptFunctionOptions): Promise<KeptFunction> {
  const { name, report, backoff = BACKOFF } = options;
  const run = (port: number): Promise<FunctionProcess> =>
    startFunctionProcess({
      ...options,
      environment: { ...options.environment, PORT: String(port), HOST: '127.0.0.1' },
    });
  let current = await run(options.port);
  const { port } = current;
  let restarts = 0;
  let isStopping = false;
  const stopping = Promise.withResolvers<void>();

  const keep = async (): Promise<void> => {
    let tries = 0;
    let startedMs = performance.now();
    while (!isStopping) {
      const ending = await current.ended;
      if (isStopping) return;
      if (performance.now() - startedMs > STABLE_AFTER_MS) tries = 0;
      const waitMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** tries);
      tries += 1;
      report(`${ending}; starting it again in ${waitMs} ms`);
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, waitMs);
      await Promise.race([timer.promise, stopping.promise]);
      clearTimeout(timeout);
      if (isStopping) return;
      startedMs = performance.now();
      try {
        current = await run(port);
        restarts += 1;
        report(`${name} runs again`);
      } catch (error) {
        // Its `ended` has resolved already, so the loop waits longer and tries again.
        report(`${name} does not start: ${(error as Error).message}`);
      }
    }
  };
  const kept = keep();
  return {
    url: `http://127.0.0.1:${port}`,
    get restarts() {
      return restarts;
    },
    get pid() {
      return current.pid;
    },
    kill: () => current.kill(),
    stop: async () => {
      isStopping = true;
      stopping.resolve();
      await current.stop(STOP_TIMEOUT_MS);
      await kept;
      // A restart that was under way when we began to stop.
      await current.stop(STOP_TIMEOUT_MS);
    },
  };
}
