import { AppError } from '#shared/errors.ts';
import {
  chunkKey,
  chunkName,
  chunksKey,
  firstMarksKey,
  type Mark,
} from '#shared/journal/offset-marks.ts';
import { type Marks, readMarks } from '#shared/journal/read-marks.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import type { Log } from '#shared/log.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import type { EpochState, Journal, JournalEntry, Receipt } from '../journal.ts';
import { EMPTY, EpochWatch, lostError, WENT_BACK } from './epoch-watch.ts';
import { FirstMarks } from './first-marks.ts';
import { Gather } from './gather.ts';
import { markWrites } from './mark-writes.ts';
import { digestOf, encodeReceipts, findReceipts } from './receipt-codec.ts';

export interface RedisJournalOptions {
  readonly redis: Pick<RedisConnection, 'call' | 'callBinary'>;
  readonly keyPrefix: string;
  /** Tells receipts under one rule from those under another. */
  readonly ruleMark: string;
  /** How long marks are kept, milliseconds of the clock. */
  readonly marksLifeMs: number;
  /** How long receipts are kept; 0 keeps none. */
  readonly receiptsLifeMs: number;
  /** Whether transactions are refused once something acknowledged is known to be missing. */
  readonly refusesWhenLost: boolean;
  readonly log: Log;
  readonly now: () => number;
  readonly makeId: () => string;
}

/** Receipts of so many milliseconds are one string. */
const BUCKET_MS = 10_000;
/** Chunks that are remembered to be known; one that is forgotten is made known again. */
const KNOWN_MAX = 8192;
/** Buckets that are fetched at once, when one receipt is looked for. */
const BUCKETS_AT_ONCE = 4;

/**
 * Turns of the event loop in which more comes: where much does they are long, and what is written
 * once is a fifth more; else they are nothing.
 */
const TURNS = 4;

interface Waiting {
  readonly mark: Mark;
  readonly place: RecordPlace | undefined;
  readonly entry: JournalEntry | undefined;
}

/** Opens the journal beside the totals. Rejects when Redis does not answer. */
export async function openRedisJournal(options: RedisJournalOptions): Promise<Journal> {
  const { keyPrefix, marksLifeMs } = options;
  const watch = new EpochWatch({ ...options, keyPrefix, lifeMs: marksLifeMs });
  await watch.check();
  return new RedisJournal(options, watch);
}

/**
 * What is noted while Redis is being written to goes there together: the marks of a chunk in one
 * command, the receipts in one, one count of acknowledgements. So it costs little where much comes.
 */
class RedisJournal implements Journal {
  readonly #options: RedisJournalOptions;
  readonly #watch: EpochWatch;
  /** When this process last said that it writes to a chunk, by the chunk's key. */
  readonly #chunks = new Map<string, number>();
  readonly #firstMarks = new FirstMarks();
  #epochId: string | undefined;
  #bucket = Number.NaN;
  readonly #notes: Gather<Waiting>;
  readonly #assurances: Gather<undefined>;

  constructor(options: RedisJournalOptions, watch: EpochWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#notes = new Gather((waiting) => this.#flush(waiting), setImmediate, TURNS);
    this.#assurances = new Gather(() => this.#assure());
  }

  get epoch(): EpochState {
    return this.#watch.state;
  }

  check(): Promise<void> {
    return this.#watch.check();
  }

  assure(): Promise<void> {
    return this.#assurances.add(undefined);
  }

  async #assure(): Promise<void> {
    await this.#watch.check();
    if (this.epoch.kind === 'lost') this.#refuse();
  }

  admit(place: RecordPlace | undefined, rebuildId?: string): Promise<void> | undefined {
    if (rebuildId !== undefined) return this.#admitRebuild(rebuildId);
    if (this.epoch.kind !== 'whole') this.#refuse();
    return this.#watch.isNew && place !== undefined ? this.#admitFirst(place) : undefined;
  }

  accepted(entry: JournalEntry): Promise<void> {
    const noted = this.#notes.add({ mark: 'accepted', place: entry.place, entry });
    const isFirst = entry.place !== undefined && this.#watch.isNew;
    return isFirst ? noted.then(() => this.#prove()) : noted;
  }

  refused(place: RecordPlace | undefined, late?: JournalEntry): void {
    if (place === undefined && late === undefined) return;
    this.#notes.add({ mark: 'refused', place, entry: late }).catch(() => {});
  }

  async receipts(transactionId: string): Promise<readonly Receipt[]> {
    const { now, receiptsLifeMs } = this.#options;
    const digest = digestOf(transactionId);
    const last = bucketOf(now());
    const buckets: number[] = [];
    for (let n = bucketOf(now() - receiptsLifeMs); n <= last; n++) buckets.push(n);
    const found: Receipt[] = [];
    for (let i = 0; i < buckets.length; i += BUCKETS_AT_ONCE) {
      const some = buckets.slice(i, i + BUCKETS_AT_ONCE);
      const texts = await Promise.all(some.map((n) => this.#read(this.#receiptsKey(n))));
      for (const [k, bytes] of texts.entries()) {
        found.push(...findReceipts(bytes, digest, (some[k] as number) * BUCKET_MS));
      }
    }
    return found;
  }

  marks(sinceMs?: number): Promise<Marks> {
    return readMarks(this.#options.redis, this.#options.keyPrefix, sinceMs);
  }

  async #admitFirst({ offset }: RecordPlace): Promise<void> {
    await this.#watch.meetOffset(offset);
    if (this.epoch.kind !== 'whole') this.#refuse();
  }

  async #admitRebuild(id: string): Promise<void> {
    const isCurrent = (): boolean => this.epoch.kind === 'rebuilding' && this.epoch.id === id;
    if (!isCurrent()) await this.#watch.check();
    if (isCurrent()) return;
    throw new AppError('state', 'this rebuild is over, or another has begun');
  }

  async #prove(): Promise<void> {
    if (this.#watch.isNew) await this.#watch.prove();
  }

  #refuse(): void {
    const { epoch } = this;
    if (epoch.kind === 'rebuilding' || this.#options.refusesWhenLost) throw lostError(epoch);
  }

  async #flush(waiting: readonly Waiting[]): Promise<void> {
    const { redis } = this.#options;
    const confirmed = this.#watch.confirmed;
    this.#heedEpoch();
    const count = await redis.call(async (client) => {
      // All are awaited together: one that fails after another is nobody's to catch.
      const [counted] = await Promise.all([
        client.incr(this.#watch.acknowledgedKey),
        ...this.#writeMarks(client, waiting),
        ...this.#writeReceipts(client, waiting),
      ]);
      return counted;
    });
    if (!this.#watch.confirm(count, confirmed)) {
      await this.#watch.lose(count === 1 ? EMPTY : WENT_BACK);
      this.#refuse();
    }
    if (this.epoch.kind === 'lost') this.#refuse();
  }

  /** A Redis that begins anew knows of no chunk, and of no life that a key was given. */
  #heedEpoch(): void {
    if (this.#epochId === this.#watch.epochId) return;
    this.#epochId = this.#watch.epochId;
    this.#chunks.clear();
    this.#bucket = Number.NaN;
  }

  #writeMarks(client: Client, waiting: readonly Waiting[]): Promise<unknown>[] {
    const { keyPrefix } = this.#options;
    const { first, rest } = this.#firstMarks.part(waiting);
    return [
      ...first.flatMap(({ partition, chunk, bits }) => {
        const key = firstMarksKey(keyPrefix, partition, chunk);
        const written = client.sAdd(key, [...bits]);
        return [written, ...this.#announce(client, key, chunkName(partition, chunk))];
      }),
      ...markWrites(rest).flatMap(({ partition, chunk, sets }) => {
        const key = chunkKey(keyPrefix, partition, chunk);
        const written = client.bitField(key, [...sets]);
        return [written, ...this.#announce(client, key, chunkName(partition, chunk))];
      }),
    ];
  }

  /** Makes a chunk known, and last, now and then; forgets which are gone by themselves. */
  #announce(client: Client, key: string, name: string): Promise<unknown>[] {
    const { keyPrefix, marksLifeMs, now } = this.#options;
    const nowMs = now();
    const sinceMs = this.#chunks.get(key) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - sinceMs < marksLifeMs / 8) return [];
    this.#chunks.delete(key);
    this.#chunks.set(key, nowMs);
    for (const [other, otherMs] of this.#chunks) {
      if (nowMs - otherMs <= marksLifeMs && this.#chunks.size <= KNOWN_MAX) break;
      this.#chunks.delete(other);
    }
    const all = chunksKey(keyPrefix);
    return [
      client.pExpire(key, 2 * marksLifeMs),
      client.zAdd(all, { score: nowMs, value: name }),
      client.zRemRangeByScore(all, 0, nowMs - 2 * marksLifeMs),
    ];
  }

  #writeReceipts(client: Client, waiting: readonly Waiting[]): Promise<unknown>[] {
    const { receiptsLifeMs, now } = this.#options;
    if (receiptsLifeMs === 0) return [];
    const nowMs = now();
    const bucket = bucketOf(nowMs);
    const entries = waiting.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    if (entries.length === 0) return [];
    const key = this.#receiptsKey(bucket);
    const written = client.append(key, encodeReceipts(entries, nowMs - bucket * BUCKET_MS));
    if (bucket === this.#bucket) return [written];
    this.#bucket = bucket;
    return [written, client.pExpire(key, receiptsLifeMs + 2 * BUCKET_MS)];
  }

  #receiptsKey(bucket: number): string {
    return `${this.#options.keyPrefix}:${this.#options.ruleMark}:receipts:${bucket}`;
  }

  async #read(key: string): Promise<Buffer> {
    const bytes = await this.#options.redis.callBinary((client) => client.get(key));
    return bytes ?? Buffer.alloc(0);
  }
}

type Client = Parameters<Parameters<RedisConnection['call']>[0]>[0];

function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS);
}
