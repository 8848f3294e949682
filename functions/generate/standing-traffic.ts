import type { Log } from '#shared/log.ts';
import type { GenerateConfig } from './config.ts';
import { type GeneratePorts, generate } from './generate.ts';

// While Kafka is away: a first pause, doubled each time, up to the longest.
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;

/**
 * Makes traffic from now on at the rate of the settings, until the signal aborts: event time begins
 * at the clock. A batch that Kafka does not take is written again until it does, and the traffic
 * waits; what had been written of it comes twice with the same ids, and is counted once (O3).
 */
export async function runStandingTraffic(
  config: Pick<
    GenerateConfig,
    'RATE' | 'SPEED' | 'SEED' | 'SHAPE' | 'ACCOUNTS' | 'FORMAT' | 'WINDOW_MS' | 'THRESHOLD'
  >,
  ports: GeneratePorts,
  options: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const { log, signal } = options;
  const traffic = {
    seed: config.SEED,
    shape: config.SHAPE,
    ratePerSecond: config.RATE / config.SPEED,
    startTimeMs: Math.floor(ports.clock.nowMs()),
    windowMs: config.WINDOW_MS,
    thresholdMinor: config.THRESHOLD,
    ...(config.SHAPE === 'seed' ? {} : { accounts: config.ACCOUNTS }),
  };
  const patiently = async (write: () => Promise<void>): Promise<void> => {
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(RETRY_MAX_MS, pauseMs * 2)) {
      try {
        return await write();
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn({ err: error, pauseMs }, 'Kafka does not take the traffic; trying again');
        await ports.clock.sleep(pauseMs, signal);
      }
    }
  };
  const { write, writeLabels } = ports;
  const patient: GeneratePorts = {
    ...ports,
    write: (records) => patiently(() => write(records)),
    writeLabels: (labels) => patiently(async () => writeLabels?.(labels)),
  };
  log.info({ ratePerSecond: config.RATE, shape: config.SHAPE }, 'making traffic');
  const summary = await generate(
    { traffic, speed: config.SPEED, format: config.FORMAT, signal },
    patient,
  );
  log.info(summary, 'stopped making traffic');
}
