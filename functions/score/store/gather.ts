/**
 * Makes one call of all that comes at the same moment, and while the last call is under way: one
 * call at a time, so calls are as large as they have to be.
 */
export class Gather<T> {
  readonly #call: (items: readonly T[]) => Promise<unknown>;
  readonly #soon: (call: () => void) => void;
  readonly #turns: number;
  #items: T[] = [];
  /** The call that all that is waiting goes with, and the last one that has begun. */
  #next: Promise<void> | undefined;
  #last: Promise<unknown> | undefined;

  /**
   * @param soon - calls back when what comes at this moment has come; `turns` times, one after the
   * other: where much comes turns are long, and what goes together is more; else they are nothing.
   */
  constructor(
    call: (items: readonly T[]) => Promise<unknown>,
    soon: (call: () => void) => void = setImmediate,
    turns = 1,
  ) {
    this.#call = call;
    this.#soon = soon;
    this.#turns = turns;
  }

  /** Resolves, and rejects, with the call that the item goes with, which begins after this. */
  add(item: T): Promise<void> {
    this.#items.push(item);
    this.#next ??= this.#callNext();
    return this.#next;
  }

  async #callNext(): Promise<void> {
    await this.#last;
    for (let turn = 0; turn < this.#turns; turn++) await new Promise<void>(this.#soon);
    const items = this.#items;
    this.#items = [];
    this.#next = undefined;
    const calling = this.#call(items);
    this.#last = calling.catch(() => {}); // who waits for it is told
    await calling;
  }
}
