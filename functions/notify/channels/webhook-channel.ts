import { Counter, type Registry } from 'prom-client';
import type { Fraud } from '#shared/domain/fraud.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import type { Log } from '#shared/log.ts';
import type { Channel } from './channel.ts';
import { type Attempt, postWebhook, type WebhookTarget } from './post-webhook.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface WebhookOptions extends WebhookTarget {
  readonly log: Log;
  readonly registry: Registry;
  /** Most alerts that wait; a new one that finds no room is not sent. Default 1,000. */
  readonly queueMax?: number;
  /** Attempts for one alert before it is given up. Default 8, about two minutes. */
  readonly attemptsMax?: number;
  /** Wait after the first failure, milliseconds; doubles each time, at most a minute. */
  readonly firstDelayMs?: number;
  readonly random?: () => number;
}

/**
 * Posts each alert to a URL as a CloudEvent, one after the other in the order in which they came,
 * and tries again while the receiver is away. The receiver may get one twice and upserts by alert
 * id and sequence, as all readers do. What waits counts as told, and is lost when the process ends
 * before it is sent: the page and the topic have it all the same.
 */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const { log, queueMax = 1_000 } = options;
  const count = createCounter(options.registry);
  const queue: Fraud[] = [];
  const stopping = new AbortController();
  let working: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    for (let fraud = queue[0]; fraud !== undefined; fraud = queue[0]) {
      const result = await deliver(options, fraud, stopping.signal);
      queue.shift();
      count(RESULTS[result.kind]);
      if (result.kind === 'sent') continue;
      log.warn({ alertId: fraud.alertId, reason: result.reason }, 'the webhook did not take it');
    }
    working = undefined;
  };
  return {
    name: 'webhook',
    tell: (fraud) => {
      if (queue.length >= queueMax) {
        count('no room');
        log.warn({ alertId: fraud.alertId }, 'too many alerts wait for the webhook: not sent');
        return;
      }
      queue.push(fraud);
      working ??= work();
    },
    close: async () => {
      const timer = setTimeout(() => stopping.abort(), options.timeoutMs);
      await working;
      clearTimeout(timer);
    },
  };
}

/** Attempts until it is taken, refused for good, or has failed too often. */
async function deliver(
  options: WebhookOptions,
  fraud: Fraud,
  signal: AbortSignal,
): Promise<Attempt> {
  const { attemptsMax = 8, firstDelayMs = 1_000, random = Math.random } = options;
  const message = encodeFraud(fraud);
  for (let attempt = 1; ; attempt++) {
    const result = await postWebhook(options, message, signal);
    if (result.kind !== 'retry' || attempt >= attemptsMax || signal.aborted) return result;
    await pause(retryDelayMs(attempt, firstDelayMs, result.retryAfterS, random()), signal);
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener('abort', end);
  });
}

type Result = 'sent' | 'given up' | 'private address' | 'no room';

const RESULTS: Readonly<Record<Attempt['kind'], Result>> = {
  sent: 'sent',
  refused: 'given up',
  retry: 'given up',
  private: 'private address',
};

function createCounter(registry: Registry): (result: Result) => void {
  const counter = new Counter({
    name: 'splitwatch_webhook_alerts_total',
    help: 'Alerts for the webhook, by what became of them',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of [...Object.values(RESULTS), 'no room']) counter.inc({ result }, 0);
  return (result) => counter.inc({ result });
}
