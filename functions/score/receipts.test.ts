import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  eventHeaders,
  expectRefusal,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';

let score: ScoreHarness;
beforeAll(async () => {
  score = await startScore();
});
afterAll(() => score.stop());

const at = (partition: number, offset: number) => ({
  'ce-knativekafkapartition': String(partition),
  'ce-knativekafkaoffset': String(offset),
});
const receiptOf = (source: string, id: string): Promise<Response> =>
  fetch(`${score.url}/transactions/${encodeURIComponent(source)}/${encodeURIComponent(id)}`);
const rule = { id: 'pair-total', version: 1, windowMs: 600_000, threshold: '10000.00' };
const pair = { origin: '66', target: '26', currency: 'USD' };

it('tells of a counted transaction when, into which total and where it was read (L4)', async () => {
  await score.post(transactionAt(60, '100.00'), { ...eventHeaders('a'), ...at(3, 41) });
  const response = await receiptOf('/bank', 'a');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    ...{ transactionId: '/bank#a', pair, rule },
    seen: [
      {
        ...{ at: '2026-11-22T10:00:00.000Z', outcome: 'counted', total: '100.00' },
        ...{ transactionCount: 1, partition: 3, offset: 41 },
      },
    ],
  });
});

it('tells of one that crossed which alert it opened, and of its repetition the same (D3, O3)', async () => {
  const headers = { ...eventHeaders('b#1/2'), ...at(3, 42) };
  await score.post(transactionAt(50, '9950.00'), headers);
  await score.post(transactionAt(50, '9950.00'), headers);
  const { seen } = (await (await receiptOf('/bank', 'b#1/2')).json()) as { seen: object[] };
  const answered = { alertId: score.frauds[0]?.alertId, total: '10050.00', transactionCount: 2 };
  expect(seen).toMatchObject([
    { outcome: 'crossed', ...answered },
    { outcome: 'duplicate', ...answered },
  ]);
});

it('tells of one that was late, which is in no total (O2)', async () => {
  await score.post(transactionAt(60 + 601), { ...eventHeaders('old'), ...at(3, 43) });
  const { seen } = (await (await receiptOf('/bank', 'old')).json()) as { seen: object[] };
  expect(seen).toEqual([{ at: expect.any(String), outcome: 'late', partition: 3, offset: 43 }]);
});

it('knows each item of a batch, and a plain post without a place', async () => {
  const event = (id: string) => {
    const attributes = {
      specversion: '1.0',
      id,
      source: '/b',
      type: 'io.splitwatch.transaction.v1',
    };
    return {
      ...attributes,
      knativekafkapartition: 1,
      knativekafkaoffset: 5,
      data: transactionAt(1, '1.00', id),
    };
  };
  const type = { 'content-type': 'application/cloudevents-batch+json' };
  await score.post(JSON.stringify([event('x'), event('y')]), type);
  expect(await (await receiptOf('/b', 'y')).json()).toMatchObject({
    seen: [{ partition: 1, offset: 5 }],
  });
  const posted = (await (
    await score.post({ ...transactionAt(1, '1.00', 'p'), id: 'mine' })
  ).json()) as { transactionId: string };
  const [source = '', id = ''] = posted.transactionId.split('#');
  const { seen } = (await (await receiptOf(source, id)).json()) as { seen: object[] };
  expect(seen).toEqual([expect.not.objectContaining({ offset: expect.anything() })]);
});

it('says of an unknown one that it has not come, or too long ago (H)', async () => {
  const problem = await expectRefusal(await receiptOf('/bank', 'nobody'), 404, 'notfound');
  expect(problem).toMatchObject({ field: 'transaction' });
});

it('refuses other methods, and strangers where a token is set (P)', async () => {
  const post = await fetch(`${score.url}/transactions/a/b`, { method: 'POST' });
  await expectRefusal(post, 405, 'method');
  const closed = await startScore({ token: 'secret' });
  await expectRefusal(await fetch(`${closed.url}/transactions/a/b`), 401, 'unauthorized');
  await closed.stop();
});
