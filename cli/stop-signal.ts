/**
 * Aborts on the first Ctrl-C or SIGTERM, and after `forMs` where that is given. A second Ctrl-C
 * ends the process at once.
 */
export function stopSignal(forMs?: number): AbortSignal {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (forMs !== undefined) {
    const timer = setTimeout(() => stopping.abort(), forMs);
    stopping.signal.addEventListener('abort', () => clearTimeout(timer));
  }
  return stopping.signal;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
