import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  brokenStore,
  eventHeaders,
  expectRefusal,
  NOW_MS,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';
import { rawPost } from './raw-post.ts';

let score: ScoreHarness;
afterEach(() => score.stop());

describe('accepted (H)', () => {
  test('answers 204 to an event that is counted', async () => {
    score = await startScore();
    const response = await score.post(transactionAt(0), eventHeaders('1'));
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(await score.metric('splitwatch_transactions_total{outcome="counted"}')).toBe(1);
  });

  test('answers 204 to an event that crosses, after its fraud event was accepted (L1)', async () => {
    score = await startScore();
    expect((await score.post(transactionAt(0, '10000.01'), eventHeaders('1'))).status).toBe(204);
    expect(score.frauds).toMatchObject([{ sequence: 1, totalMinor: 1_000_001n }]);
    expect(await score.metric('splitwatch_fraud_events_total')).toBe(1);
  });

  test('answers 204 to a duplicate, which does not count again (O3)', async () => {
    score = await startScore();
    for (let i = 0; i < 3; i++) {
      expect((await score.post(transactionAt(0, '9000'), eventHeaders('1'))).status).toBe(204);
    }
    expect(score.frauds).toEqual([]);
    expect(await score.metric('splitwatch_transactions_total{outcome="duplicate"}')).toBe(2);
  });

  test('answers 200 with the outcome of W3 to plain JSON', async () => {
    score = await startScore({ makeId: () => 'made' });
    const response = await score.post(transactionAt(0, '7810'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      outcome: 'counted',
      transactionId: '/splitwatch/post#made',
      pair: { origin: '66', target: '26', currency: 'USD' },
      total: '7810.00',
      transactionCount: 1,
      threshold: '10000.00',
    });
  });

  test('answers 200 with the alert id to a line that crosses', async () => {
    score = await startScore({ limits: { maxFutureMs: 0 } });
    const line = (amount: string) =>
      score.post(`Sunday, 23-Jul-17 01:06:47 UTC;66;26;${amount}`, {
        'content-type': 'text/plain',
      });
    expect(await (await line('10000')).json()).toMatchObject({ outcome: 'counted' });
    expect(await (await line('0.01')).json()).toMatchObject({
      outcome: 'crossed',
      total: '10000.01',
      transactionCount: 2,
      alertId: score.frauds[0]?.alertId,
    });
  });

  test('knows a plain post with an id again, one without never (S3)', async () => {
    score = await startScore();
    const outcome = async (body: object): Promise<unknown> => {
      const answer = (await (await score.post(body)).json()) as { outcome: string };
      return answer.outcome;
    };
    expect(await outcome({ ...transactionAt(0), id: 'a' })).toBe('counted');
    expect(await outcome({ ...transactionAt(0), id: 'a' })).toBe('duplicate');
    expect(await outcome(transactionAt(0))).toBe('counted');
    expect(await outcome(transactionAt(0))).toBe('counted');
  });

  test.each([
    ['application/json', 200],
    ['text/html, application/json;q=0.9', 200],
    ['*/*', 204],
    ['application/json;q=0', 204],
    ['application/jsonp', 204],
  ])('answers an event that asks for %s with %d', async (accept, status) => {
    score = await startScore();
    const response = await score.post(transactionAt(0), { ...eventHeaders('1'), accept });
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.json()).toMatchObject({ outcome: 'counted' });
  });

  test('takes a query string on the event path', async () => {
    score = await startScore();
    const headers = eventHeaders('1');
    const body = JSON.stringify(transactionAt(0));
    const response = await fetch(`${score.url}/?a=b`, { method: 'POST', headers, body });
    expect(response.status).toBe(204);
  });
});

describe('refused for good (H)', () => {
  test('answers 400 malformed to what is no form of S4', async () => {
    score = await startScore();
    const problem = await expectRefusal(await score.post('{'), 400, 'malformed');
    expect(problem).toMatchObject({ field: 'body', expected: 'JSON' });
    const { 'ce-type': _, ...headers } = eventHeaders('1');
    const response = await score.post(transactionAt(0), headers);
    expect(await expectRefusal(response, 400, 'malformed')).toMatchObject({ field: 'ce-type' });
    expect(await score.metric('splitwatch_refusals_total{reason="malformed"}')).toBe(2);
  });

  test('answers 400 malformed to a fraud event (W2)', async () => {
    score = await startScore();
    const headers = { ...eventHeaders('1'), 'ce-type': 'io.splitwatch.fraud.v1' };
    await expectRefusal(await score.post(transactionAt(0), headers), 400, 'malformed');
  });

  test('answers 400 malformed to an id that was sent twice', async () => {
    score = await startScore();
    const headers = new Headers(eventHeaders('1'));
    const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
    const answer = await rawPost(score.serving.port, {
      headers: [...lines, 'ce-id: 2'],
      body: JSON.stringify(transactionAt(0)),
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"field":"ce-id"');
  });

  test('answers 415 mediatype to a content type or encoding that we do not read', async () => {
    score = await startScore();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await expectRefusal(await score.post(transactionAt(0), form), 415, 'mediatype');
    const gzip = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await expectRefusal(await score.post(transactionAt(0), gzip), 415, 'mediatype');
  });

  test('answers 422 invalid to a value that S1 refuses', async () => {
    score = await startScore();
    const problem = await expectRefusal(await score.post(transactionAt(0, '-1')), 422, 'invalid');
    expect(problem).toMatchObject({
      field: 'amount',
      expected: expect.stringContaining('decimal'),
    });
  });

  test('answers 422 late to what is older than the allowed lateness, and does not sum it (O2)', async () => {
    score = await startScore();
    await score.post(transactionAt(0));
    expect((await score.post(transactionAt(600))).status).toBe(200);
    const problem = await expectRefusal(await score.post(transactionAt(601)), 422, 'late');
    expect(problem).toMatchObject({
      field: 'timestamp',
      expected: '2026-11-22T09:50:00.000Z or later',
    });
    expect(await score.metric('splitwatch_refusals_total{reason="late"}')).toBe(1);
  });

  test('answers 422 future to what is too far ahead of the clock (S5)', async () => {
    score = await startScore();
    expect((await score.post(transactionAt(-300))).status).toBe(200);
    await expectRefusal(await score.post(transactionAt(-301)), 422, 'future');
  });

  test('answers 401 without a token, 403 with a wrong one, and reads no body before (P)', async () => {
    score = await startScore({ token: 's3cret' });
    const response = await score.post('{');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    await expectRefusal(response, 401, 'unauthorized');
    const wrong = { ...eventHeaders('1'), authorization: 'Bearer other' };
    await expectRefusal(await score.post('{', wrong), 403, 'forbidden');
    const right = { ...eventHeaders('1'), authorization: 'Bearer s3cret' };
    expect((await score.post(transactionAt(0), right)).status).toBe(204);
  });
});

describe('to be tried again (H)', () => {
  test('answers 429 busy with Retry-After over the in-flight limit, and 204 after it', async () => {
    const gate = Promise.withResolvers<void>();
    const store = brokenStore({});
    const add = store.add;
    score = await startScore({
      store: { ...store, add: (transaction) => gate.promise.then(() => add(transaction)) },
      limits: { maxInFlight: 2 },
    });
    const waiting = ['1', '2'].map((id) => score.post(transactionAt(0), eventHeaders(id)));
    await expect.poll(() => score.metric('splitwatch_requests_in_flight')).toBe(2);
    const response = await score.post(transactionAt(0), eventHeaders('3'));
    expect(response.headers.get('retry-after')).toBe('1');
    await expectRefusal(response, 429, 'busy');
    gate.resolve();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(204);
    expect((await score.post(transactionAt(0), eventHeaders('3'))).status).toBe(204);
    expect(await score.metric('splitwatch_requests_in_flight')).toBe(0);
  });

  test('answers 503 state with Retry-After when the store does not answer', async () => {
    const add = () => Promise.reject(new AppError('state', 'Redis did not answer within 1000 ms'));
    score = await startScore({ store: brokenStore({ add }) });
    const response = await score.post(transactionAt(0), eventHeaders('1'));
    expect(response.headers.get('retry-after')).toBe('1');
    await expectRefusal(response, 503, 'state');
  });

  test('answers 503 sink until the sink accepts, then sends the same fraud event (L1, O3)', async () => {
    let isAway = true;
    const sent: unknown[] = [];
    score = await startScore({
      sink: {
        send: async (fraud) => {
          if (isAway) throw new AppError('sink', 'the sink answered 503', { retryAfterS: 7 });
          sent.push(fraud);
        },
      },
    });
    const response = await score.post(transactionAt(0, '10001'), eventHeaders('1'));
    expect(response.headers.get('retry-after')).toBe('7');
    await expectRefusal(response, 503, 'sink');
    isAway = false;
    expect((await score.post(transactionAt(0, '10001'), eventHeaders('1'))).status).toBe(204);
    expect(sent).toMatchObject([{ sequence: 1, totalMinor: 1_000_100n }]);
  });

  test('logs failures that repeat once a second, not once each', async () => {
    const add = () => Promise.reject(new AppError('state', 'away'));
    let nowMs = NOW_MS;
    score = await startScore({ store: brokenStore({ add }), now: () => nowMs });
    for (let i = 0; i < 5; i++) await score.post(transactionAt(0), eventHeaders(String(i)));
    nowMs += 1_000;
    await score.post(transactionAt(0), eventHeaders('5'));
    expect(score.logged).toMatchObject([
      { level: 40, code: 'state', transactionId: '/bank#0', suppressed: 0 },
      { level: 40, code: 'state', transactionId: '/bank#5', suppressed: 4 },
    ]);
  });

  test('answers 500 to a defect without a word of it, and logs it once with the id', async () => {
    const add = () => Promise.reject(new TypeError('secret is undefined'));
    score = await startScore({ store: brokenStore({ add }) });
    const response = await score.post(transactionAt(0), eventHeaders('1'));
    const problem = await expectRefusal(response, 500, 'internal');
    expect(JSON.stringify(problem)).not.toMatch(/secret|TypeError|at .*\.ts/);
    expect(score.logged).toHaveLength(1);
    expect(score.logged[0]).toMatchObject({
      level: 50,
      code: 'internal',
      transactionId: '/bank#1',
      err: { type: 'TypeError', message: 'secret is undefined' },
    });
  });
});
