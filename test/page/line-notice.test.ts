import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serve } from '#shared/http/serve.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createNotifyApp } from '../../functions/notify/app.ts';
import type { LineHealth } from '../../functions/notify/line-health.ts';
import { createMemoryAlertStore } from '../../functions/notify/store/memory-store.ts';
import { launchBrowser, openPage, PHONE } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** The page of a notify that knows so much about the line before it, loaded whole. */
async function pageOf(lineHealth: (() => LineHealth) | undefined, viewport?: typeof PHONE) {
  const app = createNotifyApp({
    ...{ store: createMemoryAlertStore(), channels: [], log: pino({ level: 'silent' }) },
    ...(lineHealth && { lineHealth }),
    registry: createRegistry('notify'),
  });
  const serving = await serve(app.listener, { port: 0, host: '127.0.0.1' });
  const { page, problems } = await openPage(browser, viewport && { viewport });
  onTestFinished(async () => {
    await page.context().close();
    app.close();
    await serving.drain({ drainMs: 0 });
    expect(problems).toEqual([]);
  });
  const answered = page.waitForResponse(/\/line$/);
  await page.goto(serving.url);
  await (await answered).finished();
  await page.locator('[data-state=live]').waitFor();
  return page;
}

test('says what is missing and what to run, as text and to those who listen (L3, L4)', async () => {
  const loss = 'Redis has lost <b>all</b>';
  const page = await pageOf(() => ({ passedOver: 3, loss }), PHONE);
  const notice = page.getByRole('status').filter({ hasText: 'audit' });
  await notice.waitFor();
  expect(await notice.innerText()).toBe(
    `${loss}: run ./splitwatch rebuild. 3 offsets were passed over: run ./splitwatch audit`,
  );
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBeLessThanOrEqual(0);
});

test.each([
  ['all is well', () => ({ passedOver: 0, loss: undefined })],
  ['nobody looks, as with an embedded store', undefined],
])('says nothing where %s', async (_what, health) => {
  const page = await pageOf(health);
  expect(await page.locator('#line').isVisible()).toBe(false);
});
