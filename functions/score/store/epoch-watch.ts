import { AppError } from '#shared/errors.ts';
import {
  acknowledgedKey,
  decodeEpoch,
  type Epoch,
  encodeEpoch,
  epochKey,
  lossKey,
  NEW_OFFSETS,
} from '#shared/journal/epoch.ts';
import type { Log } from '#shared/log.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import type { EpochState } from '../journal.ts';

export interface EpochWatchOptions {
  readonly redis: Pick<RedisConnection, 'call'>;
  readonly keyPrefix: string;
  readonly log: Pick<Log, 'info' | 'error'>;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
  readonly makeId: () => string;
  /** How long Redis keeps this process's count, milliseconds. */
  readonly lifeMs: number;
}

/** What all sentences about a loss end in. */
const CURE = 'run ./splitwatch rebuild';
export const EMPTY = 'Redis has lost all that was acknowledged';
export const WENT_BACK =
  'Redis came back without what it had last been told: a restart or a failover';

/**
 * One process's eye on the epoch (`shared/journal/epoch.ts`). `check` before the first transaction
 * and every second or so, `confirm` with each count of acknowledgements.
 */
export class EpochWatch {
  readonly #options: EpochWatchOptions;
  readonly acknowledgedKey: string;
  #epoch: Epoch | undefined;
  #state: EpochState = { kind: 'whole' };
  #confirmed = 0;
  /** What this process noticed, until Redis has it for all others. */
  #unsaid: string | undefined;
  #prolongedAtMs = 0;

  constructor(options: EpochWatchOptions) {
    this.#options = options;
    this.acknowledgedKey = acknowledgedKey(options.keyPrefix, options.makeId());
  }

  get state(): EpochState {
    return this.#state;
  }

  /** Changes when Redis has begun anew: what was told to it once is to be told again. */
  get epochId(): string | undefined {
    return this.#epoch?.id;
  }

  /** How many acknowledgements Redis is known to have counted. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Asks Redis how things stand. Rejects as `redis.call`. */
  async check(): Promise<void> {
    const { redis, keyPrefix } = this.#options;
    const confirmedBefore = this.#confirmed;
    const keys = [epochKey(keyPrefix), lossKey(keyPrefix), this.acknowledgedKey];
    const [text, loss, count] = await redis.call((client) => client.mGet(keys));
    const found = decodeEpoch(text ?? '');
    const epoch = found ?? (await this.#make());
    const before = this.#epoch;
    this.#epoch = epoch;
    const noticed = before && lossBetween(before, epoch, Number(count ?? 0) < confirmedBefore);
    if (before?.id !== epoch.id) {
      this.#confirmed = Number(count ?? 0);
      this.#prolongedAtMs = 0;
    }
    if (noticed !== undefined) this.#note(noticed);
    const unsaid = this.#unsaid;
    await this.#tellOthers();
    this.#become(epoch, loss ?? unsaid);
    await this.#prolong();
  }

  /** True until a record from the beginning of the topic was noted. */
  get isNew(): boolean {
    return this.#epoch?.isNew === true;
  }

  /**
   * Takes a count of this process's acknowledgements, asked for when so many were confirmed. False
   * when Redis has forgotten some of those.
   */
  confirm(count: number, confirmedWhenAsked: number): boolean {
    if (count <= confirmedWhenAsked) return false;
    this.#confirmed = Math.max(this.#confirmed, count);
    return true;
  }

  /** Looks at the offset of a record before it is scored: the epoch may be too new for it. */
  async meetOffset(offset: number): Promise<void> {
    if (!this.isNew || offset < NEW_OFFSETS) return;
    await this.lose(
      `Redis knows of no transaction, but the topic is at offset ${offset}: Redis was lost while ` +
        'score was not running, or this is the first start on a topic with a past',
    );
  }

  /** A record from the beginning of the topic was noted: this epoch is as old as the topic. */
  async prove(): Promise<void> {
    if (this.#epoch === undefined) return;
    const { isNew: _proven, ...epoch } = this.#epoch;
    this.#epoch = epoch;
    const { redis, keyPrefix } = this.#options;
    const value = encodeEpoch(epoch);
    await redis.call((client) => client.set(epochKey(keyPrefix), value, { condition: 'XX' }));
  }

  /** Says of a loss: to this process at once, to all others as soon as Redis takes it. */
  async lose(reason: string): Promise<void> {
    this.#note(reason);
    if (this.#epoch !== undefined) this.#become(this.#epoch, reason);
    await this.#tellOthers().catch(() => {}); // the next check tries again
  }

  async #make(): Promise<Epoch> {
    const { redis, keyPrefix, now, makeId } = this.#options;
    const made: Epoch = { id: makeId(), madeBy: 'start', sinceMs: now(), isNew: true };
    const key = epochKey(keyPrefix);
    await redis.call((client) => client.set(key, encodeEpoch(made), { condition: 'NX' }));
    const text = await redis.call((client) => client.get(key));
    return decodeEpoch(text ?? '') ?? made;
  }

  #note(reason: string): void {
    this.#confirmed = 0;
    this.#unsaid = reason;
  }

  /** The first who notices is who is heard. */
  async #tellOthers(): Promise<void> {
    const reason = this.#unsaid;
    if (reason === undefined) return;
    const { redis, keyPrefix } = this.#options;
    await redis.call((client) => client.set(lossKey(keyPrefix), reason, { condition: 'NX' }));
    this.#unsaid = undefined;
  }

  #become(epoch: Epoch, loss: string | undefined): void {
    const before = this.#state;
    if (epoch.isRebuilding) this.#state = { kind: 'rebuilding', id: epoch.id };
    else if (loss === undefined) this.#state = { kind: 'whole' };
    else if (before.kind !== 'lost') this.#state = { kind: 'lost', reason: loss };
    if (this.#state.kind === before.kind) return;
    const { log } = this.#options;
    const fields = { was: before.kind, is: this.#state.kind };
    if (this.#state.kind !== 'lost') log.info(fields, 'how it stands with the totals');
    else log.error({ ...fields, reason: loss, cure: CURE }, 'acknowledged transactions are lost');
  }

  async #prolong(): Promise<void> {
    const { redis, now, lifeMs } = this.#options;
    if (now() - this.#prolongedAtMs < lifeMs / 4) return;
    this.#prolongedAtMs = now();
    await redis.call((client) => client.pExpire(this.acknowledgedKey, lifeMs));
  }
}

function lossBetween(before: Epoch, now: Epoch, hasForgotten: boolean): string | undefined {
  if (before.id !== now.id) return now.madeBy === 'start' ? EMPTY : undefined;
  return hasForgotten ? WENT_BACK : undefined;
}

/** Why a transaction is refused for now. */
export function lostError(state: EpochState): AppError {
  const reason = state.kind === 'lost' ? state.reason : 'the topic is being read again';
  return new AppError('state', `${reason}: ${CURE}`, { retryAfterS: 10 });
}
