let isInstalled = false;

/**
 * Silences one warning: kafkajs 2.2 sets timers with negative delays, about which Node 24 warns
 * once (TimeoutNegativeWarning, kafkajs issue 1751). Node then uses 1 ms, which is what kafkajs
 * means. The same warning about anybody else's timer is still printed.
 */
export function silenceKafkajsTimeoutWarning(): void {
  if (isInstalled) return;
  isInstalled = true;
  const emitWarning = process.emitWarning;
  const filtered = (...parameters: unknown[]): void => {
    const isNegativeTimeout = parameters[1] === 'TimeoutNegativeWarning';
    // In a bundle there is no path to know it by, only the function that sets the timer.
    const isOfKafkajs = /kafkajs|scheduleCheckPendingRequests/.test(new Error().stack ?? '');
    if (isNegativeTimeout && isOfKafkajs) return;
    Reflect.apply(emitWarning, process, parameters);
  };
  process.emitWarning = filtered as typeof process.emitWarning;
}
