import type { Rule } from '#shared/domain/rule.ts';
import type { Row } from './replay.ts';

/** Told in order what was held of a pair. */
export type TakeHeld = (id: string | number, eventTimeMs: number, amountMinor: number) => void;

const CELL = 4; // numbers of a pair: newest time, sum, where its last one stands, how many
const NEWEST = 0;
const SUM = 1;
const LAST = 2;
const COUNT = 3;
const NONE = -1;
const IN_CORE = -2;
/** More of a pair are told to the core, which is better at many. */
const HELD_MAX = 16;

/**
 * Holds back the transactions of pairs that cannot be fraud yet, in a few flat arrays: while all of
 * a pair that the core would remember add up to no more than the threshold, no window of it can
 * hold more, and the core's answer is known: counted, and no more. So most pairs of a history cost
 * no object at all. The first transaction of which that is not certain, since the sum is over the
 * threshold, it comes out of order or its id is there already, makes the core be told all that is
 * held, in the order in which it came; from then on the core decides.
 */
export class QuietPairs {
  readonly #thresholdMinor: number;
  /** What is so much older than a pair's newest is forgotten by the core (see add-to-pair.ts). */
  readonly #memoryMs: number;
  #cells = new Float64Array(CELL * 1024);
  #pairs = 0;
  // Held transactions, one after the other; each names the one before it of its pair.
  #times = new Float64Array(4096);
  #amounts = new Float64Array(4096);
  #before = new Int32Array(4096);
  #ids: (string | number)[] = [];
  #held = 0;

  constructor(rule: Rule) {
    this.#thresholdMinor = rule.thresholdMinor;
    this.#memoryMs = 2 * rule.windowMs + rule.allowedLatenessMs;
  }

  /** A further pair: the first is 0. */
  open(): void {
    const cell = CELL * this.#pairs;
    if (cell === this.#cells.length) this.#cells = widened(this.#cells);
    this.#cells[cell + NEWEST] = Number.NEGATIVE_INFINITY;
    this.#cells[cell + LAST] = NONE;
    this.#pairs += 1;
  }

  isQuiet(pair: number): boolean {
    return this.#cells[CELL * pair + LAST] !== IN_CORE;
  }

  newestTimeMs(pair: number): number {
    return this.#cells[CELL * pair + NEWEST] as number;
  }

  /** True where it is held, and is counted; false where the core has to see it. */
  hold(pair: number, { eventTimeMs, amountMinor, isIdOwn, id, line }: Row): boolean {
    const cells = this.#cells;
    const cell = CELL * pair;
    let last = cells[cell + LAST] as number;
    if (last === IN_CORE) return false;
    const newestMs = cells[cell + NEWEST] as number;
    const countBefore = cells[cell + COUNT] as number;
    let [count, sum] = [countBefore, cells[cell + SUM] as number];
    if (eventTimeMs - newestMs >= this.#memoryMs) [last, count, sum] = [NONE, 0, 0];
    sum += amountMinor;
    if (sum > this.#thresholdMinor || eventTimeMs < newestMs || count === HELD_MAX) return false;
    if (!isIdOwn && this.#isHeld(last, id)) return false;
    if (this.#ids.length === this.#times.length) {
      this.#makeRoom();
      // Everything has moved.
      if (last !== NONE) last = this.#cells[cell + LAST] as number;
    }
    const at = this.#ids.length;
    this.#times[at] = eventTimeMs;
    this.#amounts[at] = amountMinor;
    this.#before[at] = last;
    this.#ids.push(isIdOwn ? line : id);
    this.#held += count + 1 - countBefore;
    cells[cell + NEWEST] = eventTimeMs;
    cells[cell + SUM] = sum;
    cells[cell + LAST] = at;
    cells[cell + COUNT] = count + 1;
    return true;
  }

  /** Gives what is held of the pair, which is the core's from now on. */
  handOver(pair: number, take: TakeHeld): void {
    const cell = CELL * pair;
    this.#each(pair, (at) => {
      take(
        this.#ids[at] as string | number,
        this.#times[at] as number,
        this.#amounts[at] as number,
      );
    });
    this.#held -= this.#cells[cell + COUNT] as number;
    this.#cells[cell + LAST] = IN_CORE;
    this.#cells[cell + COUNT] = 0;
  }

  /** The core has nothing of the pair that matters any more. */
  takeBack(pair: number): void {
    const cell = CELL * pair;
    this.#cells[cell + NEWEST] = Number.NEGATIVE_INFINITY;
    this.#cells[cell + SUM] = 0;
    this.#cells[cell + LAST] = NONE;
  }

  /** Opens a pair with what another collection holds of one of its own. */
  openFrom(other: QuietPairs, pair: number): void {
    const to = CELL * this.#pairs;
    this.open();
    for (let i = 0; i < CELL; i++) this.#cells[to + i] = other.#cells[CELL * pair + i] as number;
    if (!other.isQuiet(pair)) return;
    let last = NONE;
    other.#each(pair, (at) => {
      if (this.#ids.length === this.#times.length) this.#grow();
      this.#times[this.#ids.length] = other.#times[at] as number;
      this.#amounts[this.#ids.length] = other.#amounts[at] as number;
      this.#before[this.#ids.length] = last;
      last = this.#ids.length;
      this.#ids.push(other.#ids[at] as string | number);
      this.#held += 1;
    });
    this.#cells[to + LAST] = last;
  }

  /** Places of what is held of the pair, the first one first. */
  #each(pair: number, take: (at: number) => void): void {
    const places: number[] = [];
    let at = this.#cells[CELL * pair + LAST] as number;
    for (; at >= 0; at = this.#before[at] as number) places.push(at);
    for (let i = places.length - 1; i >= 0; i--) take(places[i] as number);
  }

  #isHeld(last: number, id: string): boolean {
    for (let at = last; at >= 0; at = this.#before[at] as number) {
      if (this.#ids[at] === id) return true;
    }
    return false;
  }

  /** Leaves out what was handed over or forgotten; more room where that is not much. */
  #makeRoom(): void {
    if (2 * this.#held > this.#times.length) {
      this.#grow();
      return;
    }
    const [times, amounts, before, ids] = [this.#times, this.#amounts, this.#before, this.#ids];
    this.#times = new Float64Array(times.length);
    this.#amounts = new Float64Array(times.length);
    this.#before = new Int32Array(times.length);
    this.#ids = [];
    for (let pair = 0; pair < this.#pairs; pair++) {
      const places: number[] = [];
      let at = this.#cells[CELL * pair + LAST] as number;
      for (; at >= 0; at = before[at] as number) places.push(at);
      let last = NONE;
      for (let i = places.length - 1; i >= 0; i--) {
        const to = this.#ids.length;
        this.#times[to] = times[places[i] as number] as number;
        this.#amounts[to] = amounts[places[i] as number] as number;
        this.#before[to] = last;
        this.#ids.push(ids[places[i] as number] as string | number);
        last = to;
      }
      if (last !== NONE) this.#cells[CELL * pair + LAST] = last;
    }
  }

  #grow(): void {
    this.#times = widened(this.#times);
    this.#amounts = widened(this.#amounts);
    const before = new Int32Array(2 * this.#before.length);
    before.set(this.#before);
    this.#before = before;
  }
}

function widened(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(2 * numbers.length);
  wide.set(numbers);
  return wide;
}
