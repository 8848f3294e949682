import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  brokenStore,
  expectRefusal,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';
import type { TotalsStore } from './totals-store.ts';

let score: ScoreHarness;
afterEach(() => score.stop());

const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const batchOf = (...items: [id: string, data: object][]): object[] =>
  items.map(([id, data]) => ({
    ...{ specversion: '1.0', id, source: '/bank', type: 'io.splitwatch.transaction.v1' },
    data,
  }));

describe('a batch (H)', () => {
  test('answers 200 with the outcomes in order when all were accepted', async () => {
    score = await startScore();
    const batch = batchOf(
      ['1', transactionAt(0, '6000')],
      ['2', transactionAt(0, '6000', 'other')],
      ['3', transactionAt(0, '6000')],
      ['1', transactionAt(0, '6000')],
    );
    const response = await score.post(batch, BATCH);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([
      { outcome: 'counted', transactionId: '/bank#1', total: '6000.00' },
      { outcome: 'counted', transactionId: '/bank#2' },
      { outcome: 'crossed', transactionId: '/bank#3', total: '12000.00' },
      { outcome: 'duplicate', transactionId: '/bank#1', total: '6000.00' },
    ]);
  });

  test('answers 204 to a whole batch whose sender prefers a minimal answer (RFC 7240)', async () => {
    score = await startScore();
    const headers = { ...BATCH, prefer: 'return=minimal' };
    const response = await score.post(batchOf(['1', transactionAt(0)]), headers);
    expect(response.status).toBe(204);
    expect(response.headers.get('preference-applied')).toBe('return=minimal');
    const refused = await score.post(batchOf(['2', transactionAt(0, '-1')]), headers);
    expect(refused.status).toBe(207);
    expect(await refused.json()).toMatchObject([{ status: 422, reason: 'invalid' }]);
  });

  test('answers 200 with an empty list to an empty batch', async () => {
    score = await startScore();
    const response = await score.post([], BATCH);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([]);
  });

  test('answers 207 with a problem in the place of each refused item', async () => {
    score = await startScore();
    const batch = batchOf(
      ['1', transactionAt(0)],
      ['2', transactionAt(0, '-1')],
      ['3', transactionAt(601)],
      ['4', transactionAt(1)],
    );
    const response = await score.post([...batch, {}], BATCH);
    expect(response.status).toBe(207);
    expect(await response.json()).toMatchObject([
      { outcome: 'counted', transactionId: '/bank#1' },
      { status: 422, reason: 'invalid', field: 'amount' },
      { status: 422, reason: 'late', field: 'timestamp' },
      { outcome: 'counted', transactionId: '/bank#4' },
      { status: 400, reason: 'malformed', field: 'specversion' },
    ]);
    expect(await score.metric('splitwatch_refusals_total{reason="invalid"}')).toBe(1);
    expect(await score.metric('splitwatch_refusals_total{reason="late"}')).toBe(1);
  });

  test('answers 503 when an item cannot be stored, and all of it is safe to send again', async () => {
    const store = brokenStore({});
    const add = store.add;
    let isAway = true;
    score = await startScore({
      store: {
        ...store,
        add: async (transaction) => {
          if (isAway && transaction.id === '/bank#2') throw new AppError('state', 'away');
          return add(transaction);
        },
      },
    });
    const batch = batchOf(
      ['1', transactionAt(0)],
      ['2', transactionAt(0)],
      ['3', transactionAt(0)],
    );
    await expectRefusal(await score.post(batch, BATCH), 503, 'state');
    isAway = false;
    const outcomes = await (await score.post(batch, BATCH)).json();
    expect(outcomes).toMatchObject([
      { outcome: 'duplicate' },
      { outcome: 'counted', total: '2.00' },
      { outcome: 'duplicate', total: '2.00' },
    ]);
  });

  test('answers 503 once for a batch of which nothing can be stored', async () => {
    const add = async () => {
      throw new AppError('state', 'away');
    };
    score = await startScore({ store: brokenStore({ add }) });
    const items = Array.from({ length: 100 }, (_, i): [string, object] => [
      String(i),
      transactionAt(0, '1', `a${i}`),
    ]);
    await expectRefusal(await score.post(batchOf(...items), BATCH), 503, 'state');
  });

  test('answers 400 to a batch that is not an array of objects', async () => {
    score = await startScore();
    for (const body of ['{}', '[1]', '[[]]', 'null', '"a"', '[']) {
      await expectRefusal(await score.post(body, BATCH), 400, 'malformed');
    }
  });

  test('answers 413 to a batch of too many events', async () => {
    score = await startScore({ limits: { maxBatchEvents: 2 } });
    await expectRefusal(await score.post([{}, {}, {}], BATCH), 413, 'toolarge');
  });

  test('answers 503 when the time for a request is over, and sends nothing more (P)', async () => {
    const store = brokenStore({});
    const add: TotalsStore['add'] = async (transaction) => {
      await setTimeout(60);
      return store.add(transaction);
    };
    score = await startScore({ store: { ...store, add }, limits: { requestTimeoutMs: 20 } });
    const items = Array.from({ length: 20 }, (_, i): [string, object] => [
      `${i}`,
      { ...transactionAt(0), amount: '6000.00' },
    ]);
    await expectRefusal(await score.post(batchOf(...items), BATCH), 503, 'sink');
    expect(await score.metric('splitwatch_fraud_events_total')).toBe(0);
    const total = await store.read({ origin: '66', target: '26', currency: 'USD' });
    expect(total?.transactionCount).toBe(20);
  });
});
