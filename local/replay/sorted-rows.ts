import { isAccount } from '#shared/domain/pair.ts';
import { isCurrency } from '#shared/events/currency.ts';
import { ByteNames } from './byte-names.ts';
import type { Row } from './replay.ts';
import { emptyRow, type RowTarget } from './rows-of-records.ts';

const FIRST_CAPACITY = 65_536;
const GIVEN_TOGETHER = 16_384;

/**
 * Holds rows until all have come, some 33 bytes each besides what an id of its own takes, and then
 * gives them on in order of event time; those of one time as they came.
 */
export class SortedRows implements RowTarget {
  readonly accounts = new ByteNames(isAccount);
  readonly currencies = new ByteNames(isCurrency);
  #times = new Float64Array(FIRST_CAPACITY);
  #amounts = new Float64Array(FIRST_CAPACITY);
  /** Origin, target, and currency with the label. */
  #numbers = new Int32Array(3 * FIRST_CAPACITY);
  readonly #ids: (string | number)[] = [];
  #nameOf: (line: number) => string = String;
  readonly expectLabels: () => void;

  constructor(expectLabels: () => void) {
    this.expectLabels = expectLabels;
  }

  get size(): number {
    return this.#ids.length;
  }

  add(row: Row): void {
    const at = this.#ids.length;
    if (at === this.#times.length) this.#grow();
    this.#times[at] = row.eventTimeMs;
    this.#amounts[at] = row.amountMinor;
    this.#numbers[3 * at] = row.originNumber;
    this.#numbers[3 * at + 1] = row.targetNumber;
    this.#numbers[3 * at + 2] = 2 * row.currencyNumber + (row.isLabelled ? 1 : 0);
    this.#ids.push(row.isIdOwn ? row.line : row.id);
    this.#nameOf = row.nameOf;
  }

  /** `onSome` is told how many are given, now and then, and is waited for. */
  async giveTo(target: RowTarget, onSome?: (given: number) => Promise<void>): Promise<void> {
    const row = emptyRow();
    row.nameOf = this.#nameOf;
    let given = 0;
    for (const at of this.#order()) {
      if (given % GIVEN_TOGETHER === 0) await onSome?.(given);
      given += 1;
      const flags = this.#numbers[3 * at + 2] as number;
      const [origin, to] = [this.#numbers[3 * at] as number, this.#numbers[3 * at + 1] as number];
      const id = this.#ids[at] as string | number;
      row.isIdOwn = typeof id === 'number';
      if (typeof id === 'number') row.line = id;
      else row.id = id;
      row.isLabelled = (flags & 1) === 1;
      row.eventTimeMs = this.#times[at] as number;
      row.amountMinor = this.#amounts[at] as number;
      row.originNumber = target.accounts.ofText(this.accounts.text(origin));
      row.targetNumber = target.accounts.ofText(this.accounts.text(to));
      row.currencyNumber = target.currencies.ofText(this.currencies.text(flags >> 1));
      target.add(row);
    }
  }

  /** Places in order of time: a merge sort, which leaves equal ones as they are. */
  #order(): Uint32Array {
    const times = this.#times;
    const count = this.#ids.length;
    let from = Uint32Array.from({ length: count }, (_, i) => i);
    let to = new Uint32Array(count);
    for (let width = 1; width < count; width *= 2) {
      for (let low = 0; low < count; low += 2 * width) {
        const middle = Math.min(low + width, count);
        const high = Math.min(low + 2 * width, count);
        let [left, right] = [low, middle];
        for (let i = low; i < high; i++) {
          const isLeft =
            right >= high ||
            (left < middle &&
              (times[from[left] as number] as number) <= (times[from[right] as number] as number));
          to[i] = from[isLeft ? left++ : right++] as number;
        }
      }
      [from, to] = [to, from];
    }
    return from;
  }

  #grow(): void {
    const count = 2 * this.#times.length;
    const [times, amounts, numbers] = [this.#times, this.#amounts, this.#numbers];
    this.#times = new Float64Array(count);
    this.#times.set(times);
    this.#amounts = new Float64Array(count);
    this.#amounts.set(amounts);
    this.#numbers = new Int32Array(3 * count);
    this.#numbers.set(numbers);
  }
}
