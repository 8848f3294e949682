/**
 * A queue of what is to happen later, the earliest first; what is due at the same instant comes in
 * the order in which it was put in. A binary heap: O(log n) for `push` and `pop`.
 */
export interface DueQueue<T> {
  /** When the earliest entry is due, or Infinity when the queue is empty. */
  nextDueMs(): number;
  push(dueMs: number, value: T): void;
  pop(): T | undefined;
  readonly size: number;
}

interface Entry<T> {
  readonly dueMs: number;
  readonly order: number;
  readonly value: T;
}

export function createDueQueue<T>(): DueQueue<T> {
  const heap: Entry<T>[] = [];
  let pushed = 0;
  return {
    get size() {
      return heap.length;
    },
    nextDueMs: () => heap[0]?.dueMs ?? Number.POSITIVE_INFINITY,
    push: (dueMs, value) => {
      heap.push({ dueMs, order: pushed++, value });
      siftUp(heap, heap.length - 1);
    },
    pop: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) {
        heap[0] = last;
        siftDown(heap, 0);
      }
      return first.value;
    },
  };
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function siftUp<T>(heap: Entry<T>[], from: number): void {
  const entry = heap[from] as Entry<T>;
  let hole = from;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const above = heap[parent] as Entry<T>;
    if (!isBefore(entry, above)) break;
    heap[hole] = above;
    hole = parent;
  }
  heap[hole] = entry;
}

function siftDown<T>(heap: Entry<T>[], from: number): void {
  const entry = heap[from] as Entry<T>;
  let hole = from;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    const right = child + 1;
    if (right < heap.length && isBefore(heap[right] as Entry<T>, heap[child] as Entry<T>)) {
      child = right;
    }
    const below = heap[child] as Entry<T>;
    if (!isBefore(below, entry)) break;
    heap[hole] = below;
    hole = child;
  }
  heap[hole] = entry;
}
