import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TrafficSpec } from './event-traffic.ts';

/** What starts the sending once the requests are ready. */
export const GO = 'go';

export interface LoadOrder {
  readonly port: number;
  readonly requests: number;
  /** Connections, each with one request under way. */
  readonly inFlight: number;
  /** What is sent; the next order of the same for the same port goes on where this one ends. */
  readonly traffic: TrafficSpec;
}

export interface LoadDone {
  readonly tookMs: number;
  /** How often each was answered; 0 is a connection that broke. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From a request's writing to the end of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface HttpLoad {
  /**
   * Makes the requests ready, calls `onStart`, sends them all.
   * @throws Error when an answer is another than `expected`.
   */
  readonly run: (
    order: LoadOrder,
    expected: number,
    onStart?: () => Promise<void>,
  ) => Promise<LoadDone>;
  readonly stop: () => Promise<void>;
}

/** The load generator: a process of its own, so that its cost is nobody's that is measured. */
export function startHttpLoad(): HttpLoad {
  const child = fork(join(import.meta.dirname, 'http-load-main.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answer = async <T>(): Promise<T> => {
    const [message] = (await once(child, 'message')) as [T & { error?: string }];
    if (message.error !== undefined) throw new Error(`load: ${message.error}`);
    return message;
  };
  return {
    run: async (order, expected, onStart) => {
      const ready = answer();
      child.send(order);
      await ready;
      await onStart?.();
      const ended = answer<LoadDone>();
      child.send(GO);
      const done = await ended;
      if (done.statuses[expected] === order.requests) return done;
      throw new Error(`load: answers were ${JSON.stringify(done.statuses)}, not ${expected}`);
    },
    stop: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
