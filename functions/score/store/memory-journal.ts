import type { Mark, MarkedInterval } from '#shared/journal/offset-marks.ts';
import type { RecordPlace } from '#shared/journal/record-place.ts';
import type { Journal, JournalEntry, Receipt } from '../journal.ts';

export interface MemoryJournalOptions {
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
  /** How long a receipt is kept, milliseconds; 0 keeps none. */
  readonly receiptsLifeMs: number;
}

/** The journal of the embedded store: gone with the process, as the totals are. */
export function createMemoryJournal({ now, receiptsLifeMs }: MemoryJournalOptions): Journal {
  const marks = new Map<number, Map<number, Mark>>();
  /** By transaction id, in the order in which they came last. */
  const receipts = new Map<string, Receipt[]>();

  const mark = (place: RecordPlace | undefined, kind: Mark): void => {
    if (place === undefined) return;
    const partition = marks.get(place.partition) ?? new Map<number, Mark>();
    if (partition.get(place.offset) !== 'accepted') partition.set(place.offset, kind);
    marks.set(place.partition, partition);
  };
  const keep = ({ transaction, ...answered }: JournalEntry): void => {
    if (receiptsLifeMs === 0) return;
    const { id, origin, target, currency } = transaction;
    const before = receipts.get(id) ?? [];
    receipts.delete(id);
    receipts.set(id, [...before, { ...answered, pair: { origin, target, currency }, atMs: now() }]);
    for (const [other, times] of receipts) {
      if (now() - (times.at(-1)?.atMs ?? 0) <= receiptsLifeMs) break;
      receipts.delete(other);
    }
  };
  return {
    admit: () => undefined,
    accepted: async (entry) => {
      mark(entry.place, 'accepted');
      keep(entry);
    },
    refused: (place, late) => {
      mark(place, 'refused');
      if (late !== undefined) keep(late);
    },
    receipts: async (id) => receipts.get(id) ?? [],
    marks: async () => new Map([...marks].map(([partition, some]) => [partition, intervals(some)])),
    epoch: { kind: 'whole' },
    check: async () => {},
    assure: async () => {},
  };
}

function intervals(marks: ReadonlyMap<number, Mark>): MarkedInterval[] {
  const found: { from: number; to: number; mark: Mark }[] = [];
  for (const [offset, mark] of [...marks].sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last?.to === offset && last.mark === mark) last.to = offset + 1;
    else found.push({ from: offset, to: offset + 1, mark });
  }
  return found;
}
