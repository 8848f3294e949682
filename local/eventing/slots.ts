/** A bound on what runs at once: `take` waits for a free slot, in the order of asking. */
export interface Slots {
  take(): Promise<void>;
  give(): void;
  readonly taken: number;
}

export function createSlots(count: number): Slots {
  let taken = 0;
  const waiting: Array<() => void> = [];
  return {
    take() {
      if (taken < count) {
        taken += 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) taken -= 1;
      else next();
    },
    get taken() {
      return taken;
    },
  };
}
