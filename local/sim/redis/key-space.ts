import type { LuaReply } from './lua-machine.ts';

type Hash = Map<string, Uint8Array>;

interface Value {
  readonly value: Uint8Array | Hash;
  readonly expiresMs: number;
}

interface Change {
  readonly atMs: number;
  readonly key: string;
  readonly before: Value | undefined;
}

/** How far back a state can be had again. Longer than any replica is behind. */
const UNDO_MS = 10_000;

/**
 * Redis' keys, as far as our scripts use them: strings and hashes with an expiry, and the changes
 * of the last seconds, which a restart or a failover can lose.
 */
export interface KeySpace {
  call(name: string, args: readonly Uint8Array[]): LuaReply;
  /** The state as it was at that time, at most {@link UNDO_MS} ago. */
  loseSince(timeMs: number): void;
  loseAll(): void;
}

export function createKeySpace(now: () => number): KeySpace {
  let values = new Map<string, Value>();
  let changes: Change[] = [];

  const get = (key: string): Value | undefined => {
    const found = values.get(key);
    return found === undefined || found.expiresMs <= now() ? undefined : found;
  };
  const set = (key: string, value: Value | undefined): void => {
    const atMs = now();
    changes.push({ atMs, key, before: values.get(key) });
    if (changes.length > 2_000) changes = changes.filter((change) => change.atMs > atMs - UNDO_MS);
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  };
  /** A hash of its own, so that the one before can be had again. */
  const changeHash = (key: string, change: (hash: Hash) => void): void => {
    const before = get(key);
    const hash: Hash = new Map(before?.value as Hash | undefined);
    change(hash);
    const expiresMs = before?.expiresMs ?? Number.POSITIVE_INFINITY;
    set(key, hash.size === 0 ? undefined : { value: hash, expiresMs });
  };

  const commands: Record<string, (key: string, rest: readonly Uint8Array[]) => LuaReply> = {
    GET: (key) => (get(key)?.value as Uint8Array | undefined) ?? false,
    GETRANGE: (key, [from, to]) => {
      const bytes = (get(key)?.value as Uint8Array | undefined) ?? Buffer.alloc(0);
      return bytes.subarray(numberOf(from), numberOf(to) + 1);
    },
    SET: (key, [value, , ttlMs, wanted]) => {
      const before = get(key)?.value as Uint8Array | undefined;
      set(key, { value: Buffer.from(value as Uint8Array), expiresMs: now() + numberOf(ttlMs) });
      return wanted === undefined ? 1 : (before ?? false);
    },
    PEXPIRE: (key, [ttlMs]) => {
      const found = get(key);
      if (found === undefined) return 0;
      set(key, { value: found.value, expiresMs: now() + numberOf(ttlMs) });
      return 1;
    },
    HGET: (key, [field]) => (get(key)?.value as Hash | undefined)?.get(nameOf(field)) ?? false,
    HSET: (key, pairs) => {
      changeHash(key, (hash) => {
        for (let i = 0; i < pairs.length; i += 2) {
          hash.set(nameOf(pairs[i]), Buffer.from(pairs[i + 1] as Uint8Array));
        }
      });
      return 1;
    },
    HDEL: (key, fields) => {
      if (get(key) === undefined) return 0;
      changeHash(key, (hash) => {
        for (const field of fields) hash.delete(nameOf(field));
      });
      return 1;
    },
    DEL: (key, others) => {
      for (const name of [key, ...others.map(nameOf)]) if (values.has(name)) set(name, undefined);
      return 1;
    },
  };

  return {
    call: (name, [key, ...rest]) => {
      const command = commands[name];
      if (command === undefined) throw new Error(`the simulated Redis does not know ${name}`);
      return command(nameOf(key), rest);
    },
    loseSince: (timeMs) => {
      while ((changes.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) > timeMs) {
        const { key, before } = changes.pop() as Change;
        if (before === undefined) values.delete(key);
        else values.set(key, before);
      }
    },
    loseAll: () => {
      values = new Map();
      changes = [];
    },
  };
}

function nameOf(bytes: Uint8Array | undefined): string {
  return String.fromCharCode(...(bytes as Uint8Array));
}

function numberOf(bytes: Uint8Array | undefined): number {
  return Number(nameOf(bytes));
}
