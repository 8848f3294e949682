import { afterEach, expect, test } from 'vitest';
import { PROBE_ORIGIN } from '#shared/domain/probe.ts';
import { type NotifyHarness, startApp } from './app-harness.ts';
import { fraudOf } from './fraud-examples.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';

const PROBE = { ...fraudOf({ alertId: 'p', origin: PROBE_ORIGIN }), isProbe: true as const };

let notify: NotifyHarness;
afterEach(() => notify.stop());

test('an alert of a probe is kept for its sender, in no list and told to nobody', async () => {
  notify = await startApp({ probes: createMemoryAlertStore() });
  expect((await notify.post(PROBE)).status).toBe(204);
  const kept = await notify.get('/probes/p');
  expect(kept.status).toBe(200);
  expect(await kept.json()).toMatchObject({ alertId: 'p' });
  expect(notify.told).toEqual([]);
  const { alerts, summary } = (await (await notify.get('/alerts')).json()) as {
    alerts: unknown[];
    summary: { alerts: number };
  };
  expect(alerts).toEqual([]);
  expect(summary.alerts).toBe(0);
  expect((await notify.get('/alerts/p')).status).toBe(404);
});

test('an alert that is no probe is not given as one', async () => {
  notify = await startApp({ probes: createMemoryAlertStore() });
  await notify.post(fraudOf({ alertId: 'a' }));
  expect((await notify.get('/probes/a')).status).toBe(404);
});
