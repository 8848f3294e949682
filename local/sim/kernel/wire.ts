import type { FaultName } from '../faults/fault-kinds.ts';
import type { Faults } from '../faults/faults.ts';
import type { Chance } from './chance.ts';
import type { SimProcess } from './sim-process.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface WireRequest<T> {
  /** Names the request for chance and for the trace; said again, it is counted. */
  readonly name: string;
  readonly from: SimProcess;
  /** Who is there when the request arrives; undefined: nobody, it is refused. */
  readonly to: () => SimProcess | undefined;
  readonly deadlineMs: number;
  /** What the other side does. Begins when the request arrives, whatever becomes of the reply. */
  readonly work: (to: SimProcess) => T | Promise<T>;
  /** The caller's error, where there is no reply. */
  readonly failure: (reason: string) => unknown;
  /** The reply, for the trace. */
  readonly show: (reply: T) => string;
}

/**
 * The only way in which simulated processes reach anything. Each call is a point at which the
 * process may crash, before the request leaves and when the reply has come; the request and the
 * reply may be slow or lost on their own.
 */
export interface Wire {
  call<T>(request: WireRequest<T>): Promise<T>;
}

export interface WireParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly trace: Trace;
}

const USUAL_MS = { min: 1, max: 12 };
/** Bounded, so that an operator can wait until nothing is under way any more. */
export const SLOW_MS = { min: 300, max: 20_000 };

export function createWire({ time, chance, faults, trace }: WireParts): Wire {
  const counts = new Map<string, number>();

  const crashes = (process: SimProcess, moment: string): boolean => {
    if (process.kind === 'outside') return false;
    if (!faults.strikes(`crash-${process.kind}` satisfies FaultName, moment)) return false;
    process.end();
    return true;
  };
  const travelMs = (way: string): number => {
    const usualMs = chance.between(way, USUAL_MS.min, USUAL_MS.max);
    if (!faults.strikes('slow-call', way)) return usualMs;
    return chance.between(`${way} slow`, SLOW_MS.min, SLOW_MS.max);
  };

  return {
    call: (request) => {
      const { name, from } = request;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const key = `${name} #${count}`;
      return new Promise((resolve, reject) => {
        let isOver = false;
        const finish = (act: () => void): void => {
          if (isOver) return;
          isOver = true;
          cancelDeadline();
          if (!from.isAlive || crashes(from, `${key} after`)) return;
          act();
        };
        const fail = (reason: string): void =>
          finish(() => {
            trace.say(from.name, () => `${key}: ${reason}`);
            reject(request.failure(reason));
          });
        const silence = `no answer within ${request.deadlineMs} ms`;
        const cancelDeadline = time.after(request.deadlineMs, () => fail(silence));
        if (!from.isAlive || crashes(from, `${key} before`)) return;
        if (faults.strikes('lost-request', key)) return;

        time.after(travelMs(`${key} there`), () => {
          const to = request.to();
          const backMs = travelMs(`${key} back`);
          if (to === undefined) return void time.after(backMs, () => fail('refused'));
          const forget = to.onEnd(() => time.after(backMs, () => fail('cut off')));
          const answer = (act: () => void): void => {
            forget();
            if (!to.isAlive) return;
            if (!faults.strikes('lost-reply', key)) time.after(backMs, act);
            else if (chance.fraction(`${key} cut`) < 0.5) fail('cut off before the reply');
          };
          settle(
            () => request.work(to),
            (reply) =>
              answer(() =>
                finish(() => {
                  trace.say(from.name, () => `${key} → ${request.show(reply)}`);
                  resolve(reply);
                }),
              ),
            (error) => answer(() => fail(String(error))),
          );
        });
      });
    },
  };
}

/** Begins the work at once, and hands on what comes of it. */
function settle<T>(
  work: () => T | Promise<T>,
  onReply: (reply: T) => void,
  onError: (error: unknown) => void,
): void {
  try {
    const result = work();
    if (result instanceof Promise) result.then(onReply, onError);
    else onReply(result);
  } catch (error) {
    onError(error);
  }
}
