import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { AlertQuery, AlertStore } from '../../functions/notify/alert-store.ts';
import { fraudOf } from '../../functions/notify/fraud-examples.ts';
import { createMemoryAlertStore } from '../../functions/notify/store/memory-store.ts';
import { launchBrowser, openPage } from './browser.ts';
import { type RunningNotify, startNotify } from './running-notify.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** A store whose lists that `isHeld` names are read at once, and come only once released. */
function holding(isHeld: (query: AlertQuery) => boolean) {
  const store = createMemoryAlertStore();
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = 0;
  const list: AlertStore['list'] = async (query) => {
    const found = await store.list(query);
    if (!isHeld(query)) return found;
    held += 1;
    await released;
    return found;
  };
  return { store: { ...store, list }, release, held: () => held };
}

async function open(store: AlertStore): Promise<{ notify: RunningNotify; page: Page }> {
  const notify = await startNotify({ store });
  onTestFinished(notify.stop);
  const { page, problems } = await openPage(browser);
  onTestFinished(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });
  return { notify, page };
}

const live = (page: Page) => page.locator('[data-state=live]').waitFor();
const alerts = (page: Page) => page.locator('.alert');

test('keeps an alert that comes after a filter’s list was read and before it is shown', async () => {
  const { store, release, held } = holding(({ account }) => account === '66');
  const { notify, page } = await open(store);
  await page.goto(notify.url);
  await live(page);
  await page.locator('#account').fill('66');
  await vi.waitFor(() => expect(held()).toBe(1), { timeout: 5_000 });
  await notify.post(fraudOf({ alertId: 'between', origin: '66' }));
  await notify.post(fraudOf({ alertId: 'of another', origin: '6' }));
  await alerts(page).first().waitFor();
  const answered = page.waitForResponse(/account=66/);
  release();
  await (await answered).finished();
  await page.getByText('Alerts of 66').waitFor();
  await notify.post(fraudOf({ alertId: 'after', origin: '66', target: 'seventh' }));
  await page.getByText('seventh').first().waitFor();
  expect(await alerts(page).count()).toBe(2);
});

test('goes on from the list that it shows when a filter is typed during the first load', async () => {
  const { store, release, held } = holding(({ account }) => account === undefined);
  await store.upsert(fraudOf({ alertId: 'a', origin: '66' }), Date.now());
  const { notify, page } = await open(store);
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/events')) streams.push(request.url());
  });
  await page.goto(notify.url, { waitUntil: 'commit' });
  await vi.waitFor(() => expect(held()).toBe(1), { timeout: 5_000 });
  await page.locator('#account').fill('66');
  await page.getByText('Alerts of 66').waitFor();
  release();
  await live(page);
  expect(await alerts(page).count()).toBe(1);
  const position = await store.newestPosition();
  expect(streams).toEqual([`${notify.url}/events?lastEventId=${position}`]);
});

test('leaves no gap in the list when an alert from far below was brought up to date', async () => {
  const store = createMemoryAlertStore();
  for (let i = 0; i < 250; i++) await store.upsert(fraudOf({ alertId: `old${i}` }), Date.now());
  const { notify, page } = await open(store);
  await page.goto(notify.url);
  await live(page);
  await notify.post(fraudOf({ alertId: 'old0', sequence: 2 }));
  await alerts(page).nth(200).waitFor();
  await page.getByText('Show older alerts').click();
  await alerts(page).nth(249).waitFor({ timeout: 5_000 });
});
