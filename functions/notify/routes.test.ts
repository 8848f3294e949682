import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type NotifyHarness, startApp } from './app-harness.ts';
import { fraudOf } from './fraud-examples.ts';

let notify: NotifyHarness;
afterEach(() => notify.stop());

interface Page {
  readonly alerts: readonly { readonly alertId: string }[];
  readonly next: number | null;
  readonly summary: unknown;
}

const idsOf = (page: Page) => page.alerts.map((x) => x.alertId);

describe('GET /alerts', () => {
  test('lists newest first, pages by before, and filters by account', async () => {
    notify = await startApp();
    await notify.post(fraudOf({ alertId: 'a', origin: '1', target: '2' }));
    await notify.post(fraudOf({ alertId: 'b', origin: '2', target: '3' }));
    await notify.post(fraudOf({ alertId: 'c', origin: '4', target: '5' }));
    const read = async (path: string) => (await (await notify.get(path)).json()) as Page;
    const first = await read('/alerts?limit=2');
    expect(idsOf(first)).toEqual(['c', 'b']);
    expect(idsOf(await read(`/alerts?limit=2&before=${first.next}`))).toEqual(['a']);
    expect(idsOf(await read('/alerts?origin=1&target=2'))).toEqual(['a']);
    expect(idsOf(await read('/alerts?account=2'))).toEqual(['b', 'a']);
    expect(first.summary).toEqual({ alerts: 3, updates: 0, over: { USD: '4836.00' } });
  });

  test('gives W2 and when it came', async () => {
    notify = await startApp({ now: () => 1_800_000_000_000 });
    await notify.post(fraudOf({ alertId: 'a' }));
    const alert = await (await notify.get('/alerts/a')).json();
    expect(alert).toMatchObject({
      alertId: 'a',
      sequence: 1,
      pair: { origin: '1', target: '5', currency: 'USD' },
      total: '11612.00',
      receivedAt: '2027-01-15T08:00:00.000Z',
      history: [{ sequence: 1, total: '11612.00' }],
    });
  });

  test.each([
    '/alerts?limit=0',
    '/alerts?limit=x',
    '/alerts?limit=501',
    '/alerts?before=-1',
    '/alerts?account=a;b',
    '/alerts?account=1&account=2',
    '/events?lastEventId=1e3',
  ])('refuses %s with 422', async (path) => {
    notify = await startApp();
    expect((await notify.get(path)).status).toBe(422);
  });

  test('answers 404 for an unknown alert and an unknown path', async () => {
    notify = await startApp();
    expect((await notify.get('/alerts/none')).status).toBe(404);
    expect((await notify.get('/page/../config.ts')).status).toBe(404);
    expect((await notify.get('/page/index.html')).status).toBe(404);
    expect((await notify.get('/alerts/%ff')).status).toBe(400);
  });
});

describe('the page', () => {
  test('is served with headers that keep foreign scripts and frames out (P)', async () => {
    notify = await startApp();
    const response = await notify.get('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('has files with an ETag that is honoured', async () => {
    notify = await startApp();
    const first = await notify.get('/page/main.js');
    expect(first.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const etag = first.headers.get('etag') as string;
    expect((await notify.get('/page/main.js', { 'if-none-match': etag })).status).toBe(304);
  });

  test('asks for the token on everything that shows alerts, and nothing else (P)', async () => {
    notify = await startApp({ access: { kind: 'token', token: 'page-secret' } });
    for (const path of ['/', '/alerts', '/alerts/a', '/events']) {
      expect((await notify.get(path)).status).toBe(401);
      const wrong = { authorization: 'Bearer no' };
      expect((await notify.get(path, wrong)).status).toBe(403);
    }
    const right = { authorization: 'Bearer page-secret' };
    expect((await notify.get('/alerts', right)).status).toBe(200);
    expect((await notify.get('/healthz')).status).toBe(200);
    expect((await notify.post(fraudOf())).status).toBe(204);
  });

  test('moves a token from the address into a cookie that scripts cannot read (P)', async () => {
    notify = await startApp({ access: { kind: 'token', token: 'page-secret' } });
    const response = await notify.get('/?token=page-secret');
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/');
    const cookie = response.headers.get('set-cookie') as string;
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain('page-secret');
    const kept = cookie.split(';')[0] as string;
    expect((await notify.get('/alerts', { cookie: kept })).status).toBe(200);
    const secure = await notify.get('/?token=page-secret', { 'x-forwarded-proto': 'https' });
    expect(secure.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test('is refused under a name that is not this machine’s, when it has no token (P)', async () => {
    notify = await startApp();
    expect(await statusUnderHost(notify.url, 'evil.example')).toBe(403);
    expect(await statusUnderHost(notify.url, 'localhost:8080')).toBe(200);
  });
});

describe('the probes', () => {
  test('say ready, or what is waited for, or that it drains', async () => {
    notify = await startApp({ notReadyReason: () => 'Redis is not reachable' });
    expect((await notify.get('/healthz')).status).toBe(200);
    const ready = await notify.get('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ reason: 'Redis is not reachable' });
  });
});

/** Fetch does not let us choose the Host header. */
function statusUnderHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('counts refusals of its other routes too (H)', async () => {
  notify = await startApp();
  await notify.get('/alerts?limit=x');
  await notify.get('/alerts/none');
  await notify.get('/nowhere');
  await fetch(`${notify.url}/`, { method: 'PUT' });
  const counted = (reason: string) =>
    notify.metric(`splitwatch_refusals_total{reason="${reason}"}`);
  expect(await counted('invalid')).toBe(1);
  expect(await counted('notfound')).toBe(2);
  expect(await counted('method')).toBe(1);
});

test('answers 415 to a fraud event that is not JSON (H)', async () => {
  notify = await startApp();
  const headers = { 'content-type': 'application/xml' };
  const answer = await fetch(notify.url, { method: 'POST', headers, body: '<a/>' });
  expect(answer.status).toBe(415);
  expect(answer.headers.get('kne-reason')).toBe('mediatype');
});
