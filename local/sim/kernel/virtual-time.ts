import type { Timers } from '../../eventing/timers.ts';

/**
 * The clock of a simulation: it stands still while anything runs, and jumps to the next thing that
 * is due when nothing does. Things due at the same instant happen in the order of asking.
 */
export interface VirtualTime {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Does `work` after so long; the function returned calls it off. */
  after(delayMs: number, work: () => void): () => void;
  /** Lets time pass until `isOver` says so, nothing is left to do, or `endMs` has come. */
  run(endMs: number, isOver: () => boolean): Promise<void>;
}

interface Due {
  readonly atMs: number;
  readonly place: number;
  work: (() => void) | undefined;
}

export function createVirtualTime(startMs: number): VirtualTime {
  const heap: Due[] = [];
  let nowMs = startMs;
  let asked = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    after(delayMs, work) {
      const due: Due = { atMs: nowMs + Math.max(0, Math.round(delayMs)), place: asked++, work };
      push(heap, due);
      return () => {
        due.work = undefined;
      };
    },
    run: (endMs, isOver) =>
      stepByStep(() => {
        const next = heap[0];
        if (isOver() || next === undefined || next.atMs > endMs) return false;
        pop(heap);
        if (next.work === undefined) return true;
        nowMs = next.atMs;
        next.work();
        return true;
      }),
  };
}

/** Steps in one turn of Node's event loop, which costs a system call or two. */
const STEPS_A_TURN = 100;

/**
 * Takes steps until one says that it was the last. Before the next, all that could go on has gone
 * on and waits for something that is due later: Node runs out of microtasks after each immediate.
 */
function stepByStep(step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const take = (): void => {
      if (isOver) return;
      try {
        isOver = !step();
        if (isOver) resolve();
      } catch (error) {
        isOver = true;
        reject(error);
      }
    };
    const turn = (): void => {
      if (isOver) return;
      for (let i = 0; i < STEPS_A_TURN; i++) setImmediate(take);
      setImmediate(turn);
    };
    turn();
  });
}

/** Timers of one simulated process: what is due after its end never happens. */
export function timersOf(time: VirtualTime, isAlive: () => boolean): Timers {
  return {
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => {
          callOff();
          reject(signal.reason);
        };
        const callOff = time.after(ms, () => {
          signal.removeEventListener('abort', onAbort);
          if (isAlive()) resolve();
        });
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
      }),
    every: (ms, work) => {
      let callOff: () => void;
      const again = (): void => {
        if (!isAlive()) return;
        callOff = time.after(ms, again);
        work();
      };
      callOff = time.after(ms, again);
      return () => callOff();
    },
  };
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.place < b.place);
}

function push(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(due, heap[above] as Due)) break;
    heap[at] = heap[above] as Due;
    at = above;
  }
  heap[at] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop() as Due;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, heap[below] as Due)) below += 1;
    if (!isBefore(heap[below] as Due, last)) break;
    heap[at] = heap[below] as Due;
    at = below;
  }
  heap[at] = last;
}
