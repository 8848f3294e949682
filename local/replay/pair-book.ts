import type { Pair } from '#shared/domain/pair.ts';
import { isAccount } from '#shared/domain/pair.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { isCurrency } from '#shared/events/currency.ts';
import { addUnknown } from '../../functions/score/core/add-to-pair.ts';
import { foldPair } from '../../functions/score/core/fold-pair.ts';
import { emptyPairState, type PairState } from '../../functions/score/core/pair-state.ts';
import { ByteNames } from './byte-names.ts';
import { QuietPairs } from './quiet-pairs.ts';
import type { Row } from './replay.ts';

/** A pair by the numbers of its accounts and its currency in the book. */
export interface PairNumbers {
  originNumber: number;
  targetNumber: number;
  currencyNumber: number;
}

const WORDS = 4; // of a slot: origin + 1, target, currency, the number of the pair

/**
 * All pairs of a history, found by numbers: accounts get one when they first come, so that no key
 * is put together for a transaction. What is known of a pair stands with the quiet ones, or is a
 * state of the core.
 */
export class PairBook {
  accounts = new ByteNames(isAccount);
  readonly currencies = new ByteNames(isCurrency);
  #slots = new Uint32Array(WORDS * 4096);
  readonly #rule: Rule;
  #quiet: QuietPairs;
  /** By number of the pair; undefined while it is quiet. */
  #states: (PairState | undefined)[] = [];
  #current = 0;

  constructor(rule: Rule) {
    this.#rule = rule;
    this.#quiet = new QuietPairs(rule);
  }

  get size(): number {
    return this.#states.length;
  }

  pairOf({ originNumber, targetNumber, currencyNumber }: PairNumbers): Pair {
    return {
      origin: this.accounts.text(originNumber),
      target: this.accounts.text(targetNumber),
      currency: this.currencies.text(currencyNumber),
    };
  }

  /** True where the row is held with the quiet ones, and counted; else the core has to be told. */
  hold(row: Row): boolean {
    const pair = this.#numberOf(row);
    this.#current = pair;
    if (this.#quiet.hold(pair, row)) return true;
    const state = this.#states[pair];
    const { windowMs, allowedLatenessMs } = this.#rule;
    const forgottenMs = row.eventTimeMs - 2 * windowMs - allowedLatenessMs;
    if (state === undefined || state.newestTimeMs > forgottenMs) return false;
    // With this row the core would forget all that it has of the pair, which so begins again.
    const kept = foldPair(state);
    this.#states[pair] = kept;
    if (kept !== undefined) return false;
    this.#quiet.takeBack(pair);
    return this.#quiet.hold(pair, row);
  }

  /** The state of the pair of the row that was not held just now, told what was held of it. */
  stateFor(row: Row): PairState {
    const pair = this.#current;
    const state = this.#states[pair];
    if (state !== undefined) return state;
    const made = emptyPairState();
    this.#quiet.handOver(pair, (id, eventTimeMs, amountMinor) => {
      const text = typeof id === 'number' ? row.nameOf(id) : id;
      addUnknown(made, { id: text, eventTimeMs, amountMinor }, this.#rule);
    });
    this.#states[pair] = made;
    return made;
  }

  /**
   * Lets go of pairs that nothing of is newer than the floor, but for what foldPair keeps of them,
   * and of accounts that no pair has any more. Numbers that were given before hold no longer.
   */
  forget(floorMs: number): void {
    const [slots, states, quiet, accounts] = [
      this.#slots,
      this.#states,
      this.#quiet,
      this.accounts,
    ];
    this.#slots = new Uint32Array(WORDS * 4096);
    this.#states = [];
    this.#quiet = new QuietPairs(this.#rule);
    this.accounts = new ByteNames(isAccount);
    for (let slot = 0; slot < slots.length; slot += WORDS) {
      if (slots[slot] === 0) continue;
      const pair = slots[slot + 3] as number;
      let state = states[pair];
      if (state !== undefined && state.newestTimeMs <= floorMs) state = foldPair(state);
      if (state === undefined && !(quiet.isQuiet(pair) && quiet.newestTimeMs(pair) > floorMs))
        continue;
      const origin = this.accounts.ofText(accounts.text((slots[slot] as number) - 1));
      const target = this.accounts.ofText(accounts.text(slots[slot + 1] as number));
      const currency = slots[slot + 2] as number;
      this.#put(this.#find(origin, target, currency), origin, target, currency);
      this.#quiet.openFrom(quiet, pair);
      this.#states.push(state);
      if (this.#states.length * 2 * WORDS > this.#slots.length) this.#grow();
    }
  }

  #numberOf({ originNumber, targetNumber, currencyNumber }: PairNumbers): number {
    const slot = this.#find(originNumber, targetNumber, currencyNumber);
    if (this.#slots[slot] !== 0) return this.#slots[slot + 3] as number;
    const pair = this.#states.length;
    this.#put(slot, originNumber, targetNumber, currencyNumber);
    this.#quiet.open();
    this.#states.push(undefined);
    if (this.#states.length * 2 * WORDS > this.#slots.length) this.#grow();
    return pair;
  }

  #put(slot: number, origin: number, target: number, currency: number): void {
    this.#slots[slot] = origin + 1;
    this.#slots[slot + 1] = target;
    this.#slots[slot + 2] = currency;
    this.#slots[slot + 3] = this.#states.length;
  }

  /** The slot of the pair, or the free one where it is to stand. */
  #find(origin: number, target: number, currency: number): number {
    const slots = this.#slots;
    let hash = Math.imul(origin, 0x9e3779b1) ^ Math.imul(target + currency, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = (Math.imul(hash, 0x2c1b3c6d) >>> 8) * WORDS;
    for (; ; slot += WORDS) {
      slot &= slots.length - 1;
      const there = slots[slot];
      if (there === 0) return slot;
      const isSame = there === origin + 1 && slots[slot + 1] === target;
      if (isSame && slots[slot + 2] === currency) return slot;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    for (let from = 0; from < before.length; from += WORDS) {
      const origin = before[from] as number;
      if (origin === 0) continue;
      const to = this.#find(origin - 1, before[from + 1] as number, before[from + 2] as number);
      for (let i = 0; i < WORDS; i++) this.#slots[to + i] = before[from + i] as number;
    }
  }
}
