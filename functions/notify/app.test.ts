import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import { type NotifyHarness, startApp } from './app-harness.ts';
import { fraudOf } from './fraud-examples.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';

let notify: NotifyHarness;
afterEach(() => notify.stop());

describe('a posted fraud event', () => {
  test('is answered 204 once it is stored, and told to the channels (H)', async () => {
    notify = await startApp();
    const response = await notify.post(fraudOf());
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(notify.told).toEqual([fraudOf()]);
    expect(await notify.metric('splitwatch_alert_events_total{outcome="new"}')).toBe(1);
  });

  test('is answered 204 again when it is known, and told to nobody (D5)', async () => {
    notify = await startApp();
    for (const sequence of [2, 2, 1, 3]) {
      expect((await notify.post(fraudOf({ sequence }))).status).toBe(204);
    }
    expect(notify.told.map((fraud) => fraud.sequence)).toEqual([2, 3]);
    expect(await notify.metric('splitwatch_alert_events_total{outcome="known"}')).toBe(2);
  });

  test('is taken with 1,000 transactions (D6)', async () => {
    notify = await startApp();
    expect((await notify.post(fraudOf({ members: 1000 }))).status).toBe(204);
  });

  test('that a probe marks is taken like any other', async () => {
    notify = await startApp();
    expect((await notify.post(fraudOf(), { 'ce-probe': 'true' })).status).toBe(204);
  });
});

describe('a refusal (H)', () => {
  const { headers, body } = encodeFraud(fraudOf());
  const data = JSON.parse(body) as Record<string, unknown>;

  test.each<[string, number, string, RequestInit]>([
    ['no CloudEvent', 400, 'malformed', { headers: { 'content-type': 'application/json' }, body }],
    ['another type', 400, 'malformed', { headers: { ...headers, 'ce-type': 'other' }, body }],
    ['no JSON', 400, 'malformed', { headers, body: '{"alertId"' }],
    ['a wrong total', 422, 'invalid', { headers, body: JSON.stringify({ ...data, total: '1e9' }) }],
    [
      'a media type',
      415,
      'mediatype',
      { headers: { ...headers, 'content-type': 'text/csv' }, body },
    ],
    ['a large body', 413, 'toolarge', { headers, body: 'x'.repeat(1024 * 1024 + 1) }],
  ])('of %s is %i %s with a problem that names the field', async (_, status, reason, init) => {
    notify = await startApp();
    const response = await fetch(notify.url, { method: 'POST', ...init });
    expect(response.status).toBe(status);
    expect(response.headers.get('kne-reason')).toBe(reason);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status, reason, field: expect.any(String) });
    expect(await notify.metric(`splitwatch_refusals_total{reason="${reason}"}`)).toBe(1);
    expect(notify.told).toEqual([]);
  });

  test('is 429 for a body that does not come in time, and the connection ends (P)', async () => {
    notify = await startApp({ limits: { bodyTimeoutMs: 50 } });
    const socket = connect(Number(new URL(notify.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":');
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk as string;
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toContain('the whole body within 50 ms');
  });

  test('is 400 for JSON deeper than a fraud event ever is, whatever else is in it (P)', async () => {
    notify = await startApp();
    const deep = `${'{"a":'.repeat(8)}1${'}'.repeat(8)}`;
    const body = `{"x":${deep},${encodeFraud(fraudOf()).body.slice(1)}`;
    const response = await fetch(notify.url, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ expected: 'JSON nested at most 8 deep' });
  });

  test('is 503 with Retry-After when the store does not answer', async () => {
    const upsert = () => Promise.reject(new AppError('state', 'Redis is not reachable'));
    notify = await startApp({ store: { ...createMemoryAlertStore(), upsert } });
    const response = await notify.post(fraudOf());
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(notify.told).toEqual([]);
  });

  test('is 500 for a defect of ours', async () => {
    const upsert = () => Promise.reject(new TypeError('x is undefined'));
    notify = await startApp({ store: { ...createMemoryAlertStore(), upsert } });
    expect((await notify.post(fraudOf())).status).toBe(500);
  });

  test('is 401 without the token and 403 with a wrong one', async () => {
    notify = await startApp({ token: 'sink-secret' });
    expect((await notify.post(fraudOf())).status).toBe(401);
    expect((await notify.post(fraudOf(), { authorization: 'Bearer no' })).status).toBe(403);
    const right = { authorization: 'Bearer sink-secret' };
    expect((await notify.post(fraudOf(), right)).status).toBe(204);
  });

  test('is 429 with Retry-After over the in-flight limit', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const store = createMemoryAlertStore();
    const upsert: typeof store.upsert = async (fraud, nowMs) => {
      await held;
      return store.upsert(fraud, nowMs);
    };
    notify = await startApp({ store: { ...store, upsert }, limits: { maxInFlight: 1 } });
    const answers = [notify.post(fraudOf()), notify.post(fraudOf({ alertId: 'b' }))];
    const first = await Promise.race(answers);
    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('1');
    release();
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([204, 429]);
  });
});

test('answers 405 to another method on the event path, never 404 (H)', async () => {
  notify = await startApp();
  expect((await fetch(notify.url, { method: 'PUT' })).status).toBe(405);
});
