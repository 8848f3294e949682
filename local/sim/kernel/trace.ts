import type { VirtualTime } from './virtual-time.ts';

/** What happened, one line a step; `say` costs nothing when nobody listens. */
export interface Trace {
  say(who: string, what: () => string): void;
}

export const SILENT: Trace = { say: () => {} };

/** Each line: the time since the start, who, what. */
export function createTrace(
  time: VirtualTime,
  startMs: number,
  write: (line: string) => void,
): Trace {
  return {
    say: (who, what) =>
      write(`${formatElapsed(time.nowMs - startMs)}  ${who.padEnd(12)} ${what()}`),
  };
}

/** 3_723_456 → `01:02:03.456`. */
export function formatElapsed(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return `${clock}.${String(ms % 1000).padStart(3, '0')}`;
}
