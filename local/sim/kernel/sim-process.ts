/** What runs in a simulated pod; a crash of each is a fault of its own. */
export type ProcessKind = 'score' | 'notify' | 'source';

/**
 * A simulated process: when it ends, its pending calls never come back and its timers never fire,
 * so nothing of it goes on. Whatever starts in its place has nothing in memory.
 */
export interface SimProcess {
  readonly kind: ProcessKind | 'outside';
  readonly name: string;
  readonly isAlive: boolean;
  end(): void;
  /** Called once, when the process ends; the function returned takes it back. */
  onEnd(work: () => void): () => void;
}

export function createProcess(kind: SimProcess['kind'], name: string): SimProcess {
  const works = new Set<() => void>();
  let isAlive = true;
  return {
    kind,
    name,
    get isAlive() {
      return isAlive;
    },
    end() {
      if (!isAlive) return;
      isAlive = false;
      for (const work of works) work();
      works.clear();
    },
    onEnd(work) {
      works.add(work);
      return () => works.delete(work);
    },
  };
}
