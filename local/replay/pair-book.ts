import type { Pair } from '#shared/domain/pair.ts';
import { isAccount } from '#shared/domain/pair.ts';
import { isCurrency } from '#shared/events/currency.ts';
import { foldPair } from '../../functions/score/core/fold-pair.ts';
import { emptyPairState, type PairState } from '../../functions/score/core/pair-state.ts';
import { ByteNames } from './byte-names.ts';

/** A pair by the numbers of its accounts and its currency in the book. */
export interface PairNumbers {
  originNumber: number;
  targetNumber: number;
  currencyNumber: number;
}

const WORDS = 4; // of a slot: origin + 1, target, currency, where its state stands

/**
 * The states of all pairs of a history, found by numbers: accounts get one when they first come,
 * so that no key is put together for a transaction.
 */
export class PairBook {
  accounts = new ByteNames(isAccount);
  readonly currencies = new ByteNames(isCurrency);
  #slots = new Uint32Array(WORDS * 4096);
  #states: PairState[] = [];

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

  /** The state of the pair, made where it is new. */
  stateOf(pair: PairNumbers): PairState {
    const slot = this.#find(pair.originNumber, pair.targetNumber, pair.currencyNumber);
    if (this.#slots[slot] !== 0) return this.#states[this.#slots[slot + 3] as number] as PairState;
    const state = emptyPairState();
    this.#put(slot, pair, state);
    if (this.#states.length * 2 * WORDS > this.#slots.length) this.#grow();
    return state;
  }

  /**
   * Lets go of pairs that nothing of is newer than the floor, but for what foldPair keeps of them,
   * and of accounts that no pair has any more. Numbers that were given before hold no longer.
   */
  forget(floorMs: number): void {
    const [slots, states, accounts] = [this.#slots, this.#states, this.accounts];
    this.#slots = new Uint32Array(WORDS * 4096);
    this.#states = [];
    this.accounts = new ByteNames(isAccount);
    for (let slot = 0; slot < slots.length; slot += WORDS) {
      if (slots[slot] === 0) continue;
      const state = states[slots[slot + 3] as number] as PairState;
      const kept = state.newestTimeMs > floorMs ? state : foldPair(state);
      if (kept === undefined) continue;
      const pair = {
        originNumber: this.accounts.ofText(accounts.text((slots[slot] as number) - 1)),
        targetNumber: this.accounts.ofText(accounts.text(slots[slot + 1] as number)),
        currencyNumber: slots[slot + 2] as number,
      };
      this.#put(this.#find(pair.originNumber, pair.targetNumber, pair.currencyNumber), pair, kept);
      if (this.#states.length * 2 * WORDS > this.#slots.length) this.#grow();
    }
  }

  #put(slot: number, pair: PairNumbers, state: PairState): void {
    this.#slots[slot] = pair.originNumber + 1;
    this.#slots[slot + 1] = pair.targetNumber;
    this.#slots[slot + 2] = pair.currencyNumber;
    this.#slots[slot + 3] = this.#states.length;
    this.#states.push(state);
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
