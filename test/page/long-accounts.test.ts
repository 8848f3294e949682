import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fraudOf } from '../../functions/notify/fraud-examples.ts';
import { launchBrowser, openPage, PHONE } from './browser.ts';
import { startNotify } from './running-notify.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('an account number is in one line on a phone, short ones beside the total', async () => {
  const notify = await startNotify();
  onTestFinished(notify.stop);
  const { page } = await openPage(browser, { viewport: PHONE });
  onTestFinished(() => page.context().close());
  await page.goto(notify.url);
  await page.locator('[data-state=live]').waitFor();
  await notify.post(fraudOf({ alertId: 'a', origin: '66', target: '26' }));
  const [origin, target] = ['MT84MALT011000012345MTLCAST001S', 'FR1420041010050500013M02606'];
  await notify.post(fraudOf({ alertId: 'b', origin, target }));
  await page.getByText(target).first().waitFor();
  const heights = await page
    .locator('.account')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
  expect(heights).toHaveLength(4);
  for (const height of heights) expect(height).toBeLessThan(30);
  const [longPair, shortPair] = await page.locator('.pair').all();
  const [longTotal, shortTotal] = await page.locator('.total').all();
  const topOf = async (one = longPair) => (await one?.boundingBox())?.y ?? 0;
  expect(await topOf(longTotal)).toBeGreaterThan((await topOf(longPair)) + 30);
  expect(Math.abs((await topOf(shortTotal)) - (await topOf(shortPair)))).toBeLessThan(10);
});
