import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertStore, Retention } from '../alert-store.ts';
import { fraudOf } from '../fraud-examples.ts';

/** A store under test; each call makes one with keys of its own. */
export type OpenStore = (retention?: Partial<Retention>) => Promise<AlertStore>;

/** The contract of an alert store: every implementation passes it. */
export function describeAlertStore(
  name: string,
  open: OpenStore,
  options: { runs: number; seed?: number },
): void {
  describe(`${name} keeps the contract of an alert store`, () => {
    const opened: AlertStore[] = [];
    const fresh = async (retention?: Partial<Retention>): Promise<AlertStore> => {
      const store = await open(retention);
      opened.push(store);
      return store;
    };
    let empty: AlertStore;
    beforeAll(async () => {
      empty = await fresh();
    });
    afterAll(async () => {
      for (const store of opened) await store.close();
    });
    const ids = (page: { alerts: readonly { fraud: { alertId: string } }[] }): string[] =>
      page.alerts.map((alert) => alert.fraud.alertId);
    const NOW = 1_800_000_000_000;

    it('knows nothing at first', async () => {
      expect(await empty.newestPosition()).toBe(0);
      expect(await empty.list({ limit: 10 })).toEqual({ alerts: [], next: undefined });
      expect(await empty.changesAfter(0, 10)).toEqual([]);
      expect(await empty.read('none')).toBeUndefined();
      expect(await empty.summary()).toEqual({ alerts: 0, updates: 0, overMinor: {} });
      expect(await empty.problem()).toBeUndefined();
    });

    it('keeps the highest sequence, whatever order they come in (D5)', async () => {
      const store = await fresh();
      const kinds: string[] = [];
      for (const [i, sequence] of [2, 2, 1, 4, 3, 4].entries()) {
        kinds.push((await store.upsert(fraudOf({ alertId: 'a', sequence }), NOW + i)).kind);
      }
      expect(kinds).toEqual(['new', 'known', 'known', 'updated', 'known', 'known']);
      const alert = await store.read('a');
      expect(alert?.fraud).toEqual(fraudOf({ alertId: 'a', sequence: 4 }));
      expect(alert).toMatchObject({ firstReceivedMs: NOW, receivedMs: NOW + 3 });
      expect(alert?.history.map((step) => step.sequence)).toEqual([2, 4]);
    });

    it('gives back every value unchanged, hostile names and large totals too (D6)', async () => {
      const store = await fresh();
      const fraud = {
        ...fraudOf({ alertId: 'odd', origin: '<img src=x>"\'', target: '日本😀' }),
        totalMinor: 999_999_999_999_999_999_999_999n,
      };
      await store.upsert(fraud, NOW);
      expect((await store.read('odd'))?.fraud).toEqual(fraud);
    });

    it('keeps an alert of 1,000 transactions whole (D6)', async () => {
      const store = await fresh();
      const fraud = fraudOf({ alertId: 'big', members: 1000 });
      await store.upsert(fraud, NOW);
      expect((await store.list({ limit: 1 })).alerts[0]?.fraud).toEqual(fraud);
    });

    it('lists what opened last first; an update leaves an alert in its place', async () => {
      const store = await fresh();
      for (const alertId of ['a', 'b', 'c']) await store.upsert(fraudOf({ alertId }), NOW);
      await store.upsert(fraudOf({ alertId: 'a', sequence: 2 }), NOW + 5);
      expect(ids(await store.list({ limit: 10 }))).toEqual(['c', 'b', 'a']);
    });

    it('pages through all alerts, each once, while new ones come', async () => {
      const store = await fresh();
      for (let i = 0; i < 7; i++) await store.upsert(fraudOf({ alertId: `p${i}` }), NOW + i);
      const first = await store.list({ limit: 3 });
      await store.upsert(fraudOf({ alertId: 'later' }), NOW + 100);
      const second = await store.list({ limit: 3, before: first.next });
      const third = await store.list({ limit: 3, before: second.next });
      expect([first, second, third].map(ids)).toEqual([
        ['p6', 'p5', 'p4'],
        ['p3', 'p2', 'p1'],
        ['p0'],
      ]);
      expect(third.next).toBeUndefined();
      expect((await store.list({ limit: 4, before: second.next })).next).toBeUndefined();
    });

    it('filters by origin, by target and by either', async () => {
      const store = await fresh();
      await store.upsert(fraudOf({ alertId: 'xy', origin: 'x', target: 'y' }), NOW);
      await store.upsert(fraudOf({ alertId: 'yx', origin: 'y', target: 'x' }), NOW);
      await store.upsert(fraudOf({ alertId: 'zz', origin: 'z', target: 'z' }), NOW);
      expect(ids(await store.list({ limit: 9, origin: 'x' }))).toEqual(['xy']);
      expect(ids(await store.list({ limit: 9, target: 'x' }))).toEqual(['yx']);
      expect(ids(await store.list({ limit: 9, account: 'x' }))).toEqual(['yx', 'xy']);
      expect(ids(await store.list({ limit: 1, account: 'x' }))).toEqual(['yx']);
      expect(ids(await store.list({ limit: 9, origin: 'x', target: 'x' }))).toEqual([]);
    });

    it('tells what changed after a position, oldest change first, each alert once', async () => {
      const store = await fresh();
      await store.upsert(fraudOf({ alertId: 'a' }), NOW);
      await store.upsert(fraudOf({ alertId: 'b' }), NOW);
      const between = await store.newestPosition();
      await store.upsert(fraudOf({ alertId: 'c' }), NOW);
      await store.upsert(fraudOf({ alertId: 'a', sequence: 2 }), NOW);
      const changes = async (after: number, limit: number) =>
        (await store.changesAfter(after, limit)).map(
          (change) => `${change.alert.fraud.alertId}${change.alert.fraud.sequence}`,
        );
      expect(await changes(0, 10)).toEqual(['b1', 'c1', 'a2']);
      expect(await changes(between, 10)).toEqual(['c1', 'a2']);
      expect(await changes(0, 1)).toEqual(['b1']);
      const last = (await store.changesAfter(between, 10)).at(-1);
      expect(last?.position).toBe(await store.newestPosition());
      expect(await store.changesAfter(await store.newestPosition(), 10)).toEqual([]);
    });

    it('gives positions that grow although the clock stands still or goes back', async () => {
      const store = await fresh();
      const positions: number[] = [];
      for (const [i, nowMs] of [NOW, NOW, NOW - 5_000, NOW + 1].entries()) {
        await store.upsert(fraudOf({ alertId: `g${i}` }), nowMs);
        positions.push(await store.newestPosition());
      }
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect(new Set(positions).size).toBe(positions.length);
      expect(positions[0]).toBe(NOW * 1000);
    });

    it('gives no position twice when the alert that changed last is forgotten at once', async () => {
      const store = await fresh({ keepMs: 1_000 });
      await store.upsert(fraudOf({ alertId: 'old' }), NOW);
      await store.upsert(fraudOf({ alertId: 'other' }), NOW + 900);
      await store.upsert(fraudOf({ alertId: 'old', sequence: 2 }), NOW + 1_500);
      expect(await store.read('old')).toBeUndefined();
      const seen = await store.newestPosition();
      expect(seen).toBe((NOW + 1_500) * 1000);
      await store.upsert(fraudOf({ alertId: 'clock behind' }), NOW + 950);
      const changes = await store.changesAfter(seen, 10);
      expect(changes.map((change) => change.alert.fraud.alertId)).toEqual(['clock behind']);
    });

    it('says that the newest event is untold until it is marked told', async () => {
      const store = await fresh();
      const put = (sequence: number) => store.upsert(fraudOf({ alertId: 't', sequence }), NOW);
      expect(await put(1)).toEqual({ kind: 'new', isTold: false });
      expect(await put(1)).toEqual({ kind: 'known', isTold: false });
      await store.markTold('t', 1);
      expect(await put(1)).toEqual({ kind: 'known', isTold: true });
      expect(await put(4)).toEqual({ kind: 'updated', isTold: false });
      expect(await put(4)).toEqual({ kind: 'known', isTold: false });
      // What a newer event has taken the place of is not worth telling any more.
      expect(await put(3)).toEqual({ kind: 'known', isTold: true });
      await store.markTold('t', 4);
      expect(await put(4)).toEqual({ kind: 'known', isTold: true });
    });

    it('never takes the mark of a higher sequence back', async () => {
      const store = await fresh();
      await store.upsert(fraudOf({ alertId: 't', sequence: 10 }), NOW);
      await Promise.all([10, 9, 2].map((sequence) => store.markTold('t', sequence)));
      await store.markTold('t', 1);
      const again = await store.upsert(fraudOf({ alertId: 't', sequence: 10 }), NOW);
      expect(again).toEqual({ kind: 'known', isTold: true });
    });

    it('forgets with an alert that it was told, and keeps no mark for one it does not know', async () => {
      const store = await fresh({ keepAlerts: 1 });
      await store.upsert(fraudOf({ alertId: 'a' }), NOW);
      await store.markTold('a', 1);
      await store.markTold('unknown', 1);
      await store.upsert(fraudOf({ alertId: 'unknown' }), NOW);
      await store.markTold('a', 1);
      expect(await store.upsert(fraudOf({ alertId: 'unknown' }), NOW)).toMatchObject({
        isTold: false,
      });
      expect(await store.upsert(fraudOf({ alertId: 'a' }), NOW + 1)).toEqual({
        kind: 'new',
        isTold: false,
      });
      expect(await store.upsert(fraudOf({ alertId: 'a' }), NOW + 1)).toMatchObject({
        isTold: false,
      });
    });

    it('keeps so many alerts and forgets the oldest', async () => {
      const store = await fresh({ keepAlerts: 3 });
      for (let i = 0; i < 5; i++) await store.upsert(fraudOf({ alertId: `k${i}` }), NOW + i);
      expect(ids(await store.list({ limit: 10 }))).toEqual(['k4', 'k3', 'k2']);
      expect(await store.read('k0')).toBeUndefined();
      expect((await store.summary()).alerts).toBe(3);
      expect((await store.changesAfter(0, 10)).length).toBe(3);
    });

    it('keeps alerts for so long after they opened', async () => {
      const store = await fresh({ keepMs: 1_000 });
      await store.upsert(fraudOf({ alertId: 'old' }), NOW);
      await store.upsert(fraudOf({ alertId: 'edge' }), NOW + 500);
      await store.upsert(fraudOf({ alertId: 'new' }), NOW + 1_500);
      expect(ids(await store.list({ limit: 10 }))).toEqual(['new', 'edge']);
    });

    it('counts alerts, updates and money over the threshold, by currency', async () => {
      const store = await fresh({ keepAlerts: 2 });
      const put = (alertId: string, sequence: number, total: number, currency = 'USD') =>
        store.upsert(fraudOf({ alertId, sequence, currency, totalMinor: BigInt(total) }), NOW);
      await put('gone', 3, 1_900_000);
      await put('gone too', 1, 1_000_000);
      await put('a', 1, 1_100_000);
      await put('a', 4, 1_300_000);
      await put('e', 2, 1_000_001, 'EUR');
      expect(await store.summary()).toEqual({
        alerts: 2,
        updates: 3 + 1,
        overMinor: { USD: 300_000n, EUR: 1n },
      });
    });

    it('loses no update and repeats none when many come at once', async () => {
      const store = await fresh();
      const sequences = [5, 3, 1, 4, 2, 5, 3, 1, 4, 2];
      const done = await Promise.all(
        sequences.map((sequence) => store.upsert(fraudOf({ alertId: 'race', sequence }), NOW)),
      );
      expect(done.filter((result) => result.kind === 'new')).toHaveLength(1);
      expect((await store.read('race'))?.fraud.sequence).toBe(5);
      expect((await store.summary()).updates).toBe(4);
    });

    it('stands, after any deliveries in any order, where the set of them says (D5)', async () => {
      const delivery = fc.record({
        alertId: fc.constantFrom('a', 'b', 'c'),
        sequence: fc.integer({ min: 1, max: 5 }),
      });
      const property = fc.asyncProperty(fc.array(delivery, { maxLength: 12 }), async (list) => {
        const store = await open();
        try {
          for (const [i, x] of list.entries()) await store.upsert(fraudOf(x), NOW + i);
          const highest = new Map<string, number>();
          for (const { alertId, sequence } of list) {
            highest.set(alertId, Math.max(sequence, highest.get(alertId) ?? 0));
          }
          const { alerts } = await store.list({ limit: 10 });
          const stands = new Map(alerts.map((a) => [a.fraud.alertId, a.fraud.sequence]));
          expect(stands).toEqual(highest);
          const changes = await store.changesAfter(0, 10);
          expect(new Set(changes.map((c) => c.alert.fraud.alertId))).toEqual(
            new Set(stands.keys()),
          );
          const updates = [...highest.values()].reduce((sum, sequence) => sum + sequence - 1, 0);
          expect((await store.summary()).updates).toBe(updates);
        } finally {
          await store.close();
        }
      });
      const seed = options.seed === undefined ? {} : { seed: options.seed };
      await fc.assert(property, { numRuns: options.runs, ...seed });
    });
  });
}
