import { afterEach, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  brokenStore,
  eventHeaders,
  expectRefusal,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';

let score: ScoreHarness;
afterEach(() => score.stop());

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${score.url}${path}`, init);

test('shows the total of a pair and the transactions of its window', async () => {
  score = await startScore();
  await score.post(transactionAt(700, '1.00'), eventHeaders('0'));
  await score.post(transactionAt(60, '6000.50'), eventHeaders('1'));
  await score.post(transactionAt(0, '6000.00'), eventHeaders('2'));
  const response = await get('/pairs/66/26');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    pair: { origin: '66', target: '26', currency: 'USD' },
    newestTimestamp: '2026-11-22T10:00:00.000Z',
    total: '12000.50',
    threshold: '10000.00',
    windowMs: 600_000,
    transactionCount: 2,
    alertId: score.frauds[0]?.alertId,
    truncated: false,
    transactions: [
      { id: '/bank#1', timestamp: '2026-11-22T09:59:00.000Z', amount: '6000.50' },
      { id: '/bank#2', timestamp: '2026-11-22T10:00:00.000Z', amount: '6000.00' },
    ],
  });
});

test('finds a pair by percent-encoded accounts and by currency (S2)', async () => {
  score = await startScore();
  const origin = 'a/b:ü %';
  await score.post({ ...transactionAt(0, '5', origin), currency: 'EUR' });
  const path = `/pairs/${encodeURIComponent(origin)}/26`;
  expect(await (await get(`${path}?currency=EUR`)).json()).toMatchObject({
    pair: { origin, target: '26', currency: 'EUR' },
    total: '5.00',
  });
  await expectRefusal(await get(path), 404, 'notfound');
});

test('answers 404 to a pair that nothing is known of, the reverse of a known one too (S2)', async () => {
  score = await startScore();
  await score.post(transactionAt(0), eventHeaders('1'));
  await expectRefusal(await get('/pairs/26/66'), 404, 'notfound');
});

test.each([
  ['/pairs/a%3Bb/26', 422, 'invalid'],
  [`/pairs/${'x'.repeat(65)}/26`, 422, 'invalid'],
  ['/pairs/66/26?currency=JPY', 422, 'invalid'],
  ['/pairs/66/26?currency=USD&currency=EUR', 422, 'invalid'],
  ['/pairs/%E0%A4%A/26', 400, 'malformed'],
  ['/pairs/66', 404, 'notfound'],
  ['/nope', 404, 'notfound'],
  ['/../etc/passwd', 404, 'notfound'],
])('answers GET %s with %d %s', async (path, status, reason) => {
  score = await startScore();
  await expectRefusal(await get(path), status, reason);
});

test('asks for the token at /pairs, and not at the ops routes (P)', async () => {
  score = await startScore({ token: 's3cret' });
  const wrong = { headers: { authorization: 'Bearer x' } };
  const right = { headers: { authorization: 'Bearer s3cret' } };
  await expectRefusal(await get('/pairs/66/26'), 401, 'unauthorized');
  await expectRefusal(await get('/pairs/66/26', wrong), 403, 'forbidden');
  await expectRefusal(await get('/pairs/66/26', right), 404, 'notfound');
  for (const path of ['/', '/healthz', '/readyz', '/metrics']) {
    expect((await get(path)).status).toBe(200);
  }
});

test('answers 503 at /pairs when the store does not answer', async () => {
  const read = () => Promise.reject(new AppError('state', 'away'));
  score = await startScore({ store: brokenStore({ read }) });
  await expectRefusal(await get('/pairs/66/26'), 503, 'state');
});

test('says what it is at GET /', async () => {
  score = await startScore();
  const response = await get('/');
  expect(await response.json()).toMatchObject({ name: 'splitwatch score' });
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('answers the webhook handshake of CloudEvents (facts 6)', async () => {
  score = await startScore();
  const response = await get('/', {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'eventemitter.example.com' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('webhook-allowed-origin')).toBe('*');
  expect(response.headers.get('webhook-allowed-rate')).toBe('*');
  expect(response.headers.get('allow')).toContain('POST');
  const plain = await get('/', { method: 'OPTIONS' });
  expect(plain.headers.get('webhook-allowed-origin')).toBeNull();
});

test.each([
  ['PUT', '/', 'GET, HEAD, POST, OPTIONS'],
  ['DELETE', '/', 'GET, HEAD, POST, OPTIONS'],
  ['POST', '/pairs/66/26', 'GET, HEAD'],
  ['POST', '/healthz', 'GET, HEAD'],
])('answers 405 to %s %s and says what is allowed', async (method, path, allow) => {
  score = await startScore();
  const response = await get(path, { method });
  expect(response.headers.get('allow')).toBe(allow);
  await expectRefusal(response, 405, 'method');
});

test('is ready unless it drains or the store is away; the event loop is alive all the same', async () => {
  let reason: string | undefined;
  let isReady = true;
  score = await startScore({ notReadyReason: () => reason, isReady: () => isReady });
  expect((await get('/readyz')).status).toBe(200);
  reason = 'Redis does not answer';
  expect(await (await get('/readyz')).json()).toEqual({ status: 'not ready', reason });
  reason = undefined;
  isReady = false;
  const response = await get('/readyz');
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'not ready', reason: 'draining' },
  ]);
  expect((await get('/healthz')).status).toBe(200);
});

test('counts every refusal by its reason, and names field and cure in each (H)', async () => {
  score = await startScore();
  const refusals: [path: string, method: string, reason: string][] = [
    ['/pairs/a/b?currency=JPY', 'GET', 'invalid'],
    ['/pairs/a/nobody', 'GET', 'notfound'],
    ['/nowhere', 'GET', 'notfound'],
    ['/', 'PUT', 'method'],
    ['/pairs/%ff/b', 'GET', 'malformed'],
  ];
  for (const [path, method, reason] of refusals) {
    const problem = (await (await get(path, { method })).json()) as Record<string, string>;
    expect(problem.reason).toBe(reason);
    expect(problem.field).toMatch(/^\w/);
    expect(problem.expected).toMatch(/^\w/);
  }
  const counted = (reason: string) => score.metric(`splitwatch_refusals_total{reason="${reason}"}`);
  expect(await counted('invalid')).toBe(1);
  expect(await counted('notfound')).toBe(2);
  expect(await counted('method')).toBe(1);
  expect(await counted('malformed')).toBe(1);
});
