import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type NotifyHarness, startApp } from './app-harness.ts';
import { fraudOf } from './fraud-examples.ts';
import { readAlertEvents, readEvents } from './read-stream.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';

let notify: NotifyHarness;
afterEach(() => notify.stop());

const names = (events: { data: string }[]) =>
  events.map(({ data }) => {
    const { alertId, sequence } = JSON.parse(data);
    return `${alertId}${sequence}`;
  });

describe('GET /events', () => {
  test('sends alerts as they come, with ids that grow', async () => {
    notify = await startApp();
    await notify.post(fraudOf({ alertId: 'before' }));
    const response = await notify.get('/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reading = readAlertEvents(response, 3);
    await notify.post(fraudOf({ alertId: 'a' }));
    await notify.post(fraudOf({ alertId: 'a' }));
    await notify.post(fraudOf({ alertId: 'b' }));
    await notify.post(fraudOf({ alertId: 'a', sequence: 2 }));
    const events = await reading;
    expect(names(events)).toEqual(['a1', 'b1', 'a2']);
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort());
  });

  test('resumes after the last event that was seen, without a gap', async () => {
    notify = await startApp();
    const reading = readAlertEvents(await notify.get('/events'), 1);
    await notify.post(fraudOf({ alertId: 'seen' }));
    const [seen] = await reading;
    await notify.post(fraudOf({ alertId: 'missed' }));
    const resumed = await notify.get('/events', { 'last-event-id': String(seen?.id) });
    expect(names(await readAlertEvents(resumed, 1))).toEqual(['missed1']);
    const asked = await notify.get(`/events?lastEventId=${seen?.id}`);
    expect(names(await readAlertEvents(asked, 1))).toEqual(['missed1']);
  });

  test('sends all of a long absence, more than one batch of it', async () => {
    notify = await startApp();
    for (let i = 0; i < 120; i++) await notify.post(fraudOf({ alertId: `a${i}` }));
    const events = await readAlertEvents(await notify.get('/events?lastEventId=0'), 120);
    expect(new Set(names(events)).size).toBe(120);
  });

  test('shows what another replica took in', async () => {
    const store = createMemoryAlertStore();
    notify = await startApp({ store, limits: { pollMs: 10 } });
    const other = await startApp({ store });
    const reading = readAlertEvents(await notify.get('/events'), 1);
    await other.post(fraudOf({ alertId: 'elsewhere' }));
    expect(names(await reading)).toEqual(['elsewhere1']);
    await other.stop();
  });

  test('goes on when the store was away for a moment', async () => {
    const store = createMemoryAlertStore();
    let failures = 3;
    const changesAfter: typeof store.changesAfter = async (position, limit) => {
      if (failures-- > 0) throw new Error('away');
      return store.changesAfter(position, limit);
    };
    notify = await startApp({ store: { ...store, changesAfter }, limits: { pollMs: 10 } });
    const reading = readAlertEvents(await notify.get('/events?lastEventId=0'), 1);
    await notify.post(fraudOf({ alertId: 'late' }));
    expect(names(await reading)).toEqual(['late1']);
  });

  test('refuses more streams than the limit with 429, and takes one when one has left', async () => {
    notify = await startApp({ limits: { maxStreams: 1 } });
    const leaving = new AbortController();
    await fetch(`${notify.url}/events`, { signal: leaving.signal });
    expect((await notify.get('/events')).status).toBe(429);
    leaving.abort();
    await expect.poll(() => notify.metric('splitwatch_page_streams{}'.replace('{}', ''))).toBe(0);
    const again = await notify.get('/events');
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  test('keeps no place for a reader that left before its stream began', async () => {
    const store = createMemoryAlertStore();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const newestPosition: typeof store.newestPosition = async () => {
      asked += 1;
      await held;
      return store.newestPosition();
    };
    notify = await startApp({ store: { ...store, newestPosition }, limits: { maxStreams: 2 } });
    const leaving = Array.from({ length: 4 }, () => request(`${notify.url}/events`).end());
    for (const one of leaving) one.on('error', () => {});
    await expect.poll(() => asked).toBe(4);
    await Promise.all(
      leaving.map(async (one) => {
        one.destroy();
        await new Promise((resolve) => one.once('close', resolve));
      }),
    );
    await expect.poll(notify.connections).toBe(0);
    release();
    const taken = [await notify.get('/events'), await notify.get('/events')];
    expect(taken.map(({ status }) => status)).toEqual([200, 200]);
    expect(await notify.metric('splitwatch_page_streams')).toBe(2);
    for (const response of taken) await response.body?.cancel();
  });

  test('gives its position at once, so that a reader resumes who saw no alert yet', async () => {
    notify = await startApp();
    await notify.post(fraudOf({ alertId: 'before' }));
    const { position } = (await (await notify.get('/alerts')).json()) as { position: number };
    const [beat] = await readEvents(await notify.get('/events'), 'beat', 1);
    expect(beat?.id).toBe(position);
    await notify.post(fraudOf({ alertId: 'missed' }));
    const resumed = await notify.get('/events', { 'last-event-id': String(beat?.id) });
    expect(names(await readAlertEvents(resumed, 1))).toEqual(['missed1']);
  });

  test('ends when notify goes away, so that draining does not wait for pages', async () => {
    notify = await startApp();
    const response = await notify.get('/events');
    const ended = response.text();
    await notify.stop();
    expect(await ended).toContain('event: beat');
  });
});
