import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fraudOf } from '../../functions/notify/fraud-examples.ts';
import { launchBrowser, openPage } from './browser.ts';
import { startNotify } from './running-notify.ts';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('ids of alerts, rules and transactions show as text and lead nowhere else (P)', async () => {
  const alertId = '../"><img src=x onerror=alert(1)>?a#b';
  const notify = await startNotify();
  onTestFinished(notify.stop);
  const { page, problems } = await openPage(browser);
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  const fraud = fraudOf({ alertId });
  const transactions = fraud.transactions
    .slice(0, 1)
    .map((member) => ({ ...member, id: '/bank#<svg onload=alert(1)>' }));
  expect(
    await notify.post({
      ...fraud,
      rule: { id: '<script>alert(1)</script>', version: 1 },
      transactions,
      transactionCount: 1,
    }),
  ).toBe(204);
  await page.goto(notify.url);
  await page.locator('[data-state=live]').waitFor();
  await page.locator('summary').click();
  await page.locator('tbody tr').first().waitFor();
  expect(await page.locator('main').innerText()).toContain('<script>alert(1)</script>');
  expect(await page.locator('main img, main script, main svg[onload]').count()).toBe(0);
  const link = await page.locator('a.json').getAttribute('href');
  expect(new URL(link as string, notify.url).pathname).toBe(
    `/alerts/${encodeURIComponent(alertId)}`,
  );
  expect(problems).toEqual([]);
  await page.locator('a.json').click();
  await page.waitForURL(/\/alerts\//);
  expect(await page.locator('body').innerText()).toContain('onerror=alert(1)');
  expect(await page.locator('img').count()).toBe(0);
  expect(dialogs).toBe(0);
});
