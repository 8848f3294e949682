import type { Rule } from '#shared/domain/rule.ts';
import type { PairState } from '../core/pair-state.ts';
import type { PairTotal } from '../totals-store.ts';
import { encodeLeaf } from './leaf-codec.ts';
import { VERSION_CHARACTERS } from './state-version.ts';
import type { TotalsCommands } from './totals-commands.ts';
import type { Turn } from './turns.ts';

export interface LargePairsOptions {
  readonly commands: Pick<TotalsCommands, 'add' | 'read' | 'handOver'>;
  readonly rule: Rule;
  readonly lifeMs: number;
  readonly leafEntries: number;
}

/** Keys of large pairs that are remembered, so that they are not read to find out. */
const KEYS_MAX = 10_000;

/** Pairs that have more transactions than a text is good for: the scripts keep them. */
export class LargePairs {
  readonly #options: LargePairsOptions;
  readonly #ruleArguments: readonly string[];
  readonly #keys = new Set<string>();

  constructor(options: LargePairsOptions) {
    const { rule, lifeMs, leafEntries } = options;
    const { windowMs, allowedLatenessMs, thresholdMinor, updates } = rule;
    this.#options = options;
    this.#ruleArguments = [
      ...[windowMs, allowedLatenessMs, thresholdMinor, updates, lifeMs, leafEntries].map(String),
    ];
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  remember(key: string): void {
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    this.#keys.add(key);
  }

  /** Lets the scripts have a pair that was one text, unless somebody else has written it since. */
  async handOver(key: string, text: string, pair: PairState): Promise<void> {
    const { commands, rule, lifeMs } = this.#options;
    const { state, fraud } = encodeLeaf(pair, rule);
    const [stateKey, , , fraudKey] = scriptKeys(key) as [string, string, string, string];
    const version = text.slice(0, VERSION_CHARACTERS);
    await commands.handOver([stateKey, fraudKey], [version, String(lifeMs), state, ...fraud]);
    this.remember(key);
  }

  /** Settles the turn, but for what turns out to be one text: that is to be taken as such. */
  async take(turn: Turn): Promise<Turn[]> {
    const { commands } = this.#options;
    const added = await Promise.all(
      turn.waiting.map(async (one) => {
        const { id, eventTimeMs, amountMinor } = one.transaction;
        const args = [...this.#ruleArguments, id, String(eventTimeMs), String(amountMinor)];
        const decision = await commands.add(scriptKeys(turn.key, id), args);
        if (decision === undefined) return [one];
        one.resolve(decision);
        return [];
      }),
    );
    const waiting = added.flat();
    if (waiting.length === 0) return [];
    this.#keys.delete(turn.key);
    return [{ ...turn, waiting }];
  }

  read(key: string): Promise<PairTotal | undefined> {
    return this.#options.commands.read(scriptKeys(key), this.#ruleArguments);
  }
}

export function unsentKey(stateKey: string, id: string): string {
  return `${stateKey}o${id}`;
}

/** State, older leaves, ids, fraud records, unsent verdict of one transaction: ../lua/args.lua. */
function scriptKeys(stateKey: string, id = ''): string[] {
  return [stateKey, `${stateKey}l`, `${stateKey}i`, `${stateKey}f`, unsentKey(stateKey, id)];
}
