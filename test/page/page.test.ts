import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fraudOf } from '../../functions/notify/fraud-examples.ts';
import { createMemoryAlertStore } from '../../functions/notify/store/memory-store.ts';
import { DESKTOP, launchBrowser, openPage, PHONE } from './browser.ts';
import { type RunningNotify, startNotify } from './running-notify.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

async function running(options: Parameters<typeof startNotify>[0] = {}): Promise<RunningNotify> {
  const notify = await startNotify(options);
  onTestFinished(notify.stop);
  return notify;
}

/** A page that is live, and fails the test when anything went wrong in it. */
async function live(notify: RunningNotify, options: BrowserContextOptions = {}): Promise<Page> {
  const { page, problems } = await openPage(browser, options);
  onTestFinished(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });
  await page.goto(notify.url);
  await page.locator('[data-state=live]').waitFor();
  return page;
}

const alerts = (page: Page) => page.locator('.alert');

describe('an alert', () => {
  test('that is posted appears without a reload, newest first', async () => {
    const notify = await running();
    const page = await live(notify);
    expect(await page.getByText('Nothing suspicious yet').isVisible()).toBe(true);
    expect(await notify.post(fraudOf({ alertId: 'a', origin: '66', target: '26' }))).toBe(204);
    await page.getByText('66').first().waitFor();
    await notify.post(fraudOf({ alertId: 'b', origin: '77', target: '27' }));
    await page.getByText('77').first().waitFor();
    expect(await alerts(page).locator('.pair').allInnerTexts()).toEqual([
      expect.stringContaining('77'),
      expect.stringContaining('66'),
    ]);
    expect(await page.getByText('Nothing suspicious yet').isVisible()).toBe(false);
    await page.locator('#count-alerts', { hasText: '2' }).waitFor();
  });

  test('opens by keyboard to its transactions with the running total', async () => {
    const notify = await running();
    await notify.post(fraudOf());
    const page = await live(notify);
    await page.locator('#account').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.locator('.running').allInnerTexts()).toEqual(['$5,175.00', '$11,612.00']);
    expect(await rows.nth(0).getAttribute('class')).toBeNull();
    expect(await rows.nth(1).getAttribute('class')).toBe('is-over');
    expect(await page.locator('tbody time').first().getAttribute('title')).toBe(
      '2019-07-10 18:45:30 UTC',
    );
    await page.keyboard.press('Enter');
    await rows.first().waitFor({ state: 'detached' });
  });

  test('is brought up to date in its place, stays open, and never shows twice (D5)', async () => {
    const notify = await running();
    await notify.post(fraudOf({ alertId: 'a', origin: 'first' }));
    await notify.post(fraudOf({ alertId: 'b', origin: 'second' }));
    const page = await live(notify);
    await page.locator('summary', { hasText: 'first' }).click();
    for (const sequence of [2, 2, 1, 3, 3]) {
      expect(await notify.post(fraudOf({ alertId: 'a', origin: 'first', sequence }))).toBe(204);
    }
    await page.getByText('updated 2 times').waitFor();
    await page.locator('tbody tr').nth(3).waitFor();
    expect(await alerts(page).count()).toBe(2);
    expect(await alerts(page).nth(1).innerText()).toContain('first');
  });

  test('lists the newest transactions, and the sum of those that are left out (D6)', async () => {
    const notify = await running();
    const fraud = fraudOf({ members: 3, totalMinor: 5_000_000n });
    await notify.post({ ...fraud, transactionCount: 10, truncated: true });
    const page = await live(notify);
    await page.locator('summary').click();
    const first = page.locator('tbody tr').first();
    expect(await first.innerText()).toMatch(/7 earlier, not listed\s+\$31,951.00/);
    expect(await page.locator('tbody tr').last().innerText()).toContain('$50,000.00');
  });

  test('of one account is shown alone by the filter, from the list and as new ones come', async () => {
    const notify = await running();
    await notify.post(fraudOf({ alertId: 'a', origin: '66', target: '26' }));
    await notify.post(fraudOf({ alertId: 'b', origin: '6', target: '2' }));
    const page = await live(notify);
    await page.locator('#account').fill('66');
    await page.getByText('Alerts of 66').waitFor();
    expect(await alerts(page).count()).toBe(1);
    await notify.post(fraudOf({ alertId: 'c', origin: '7', target: '8' }));
    await notify.post(fraudOf({ alertId: 'd', origin: '9', target: '66' }));
    await alerts(page).nth(1).waitFor();
    expect(await alerts(page).count()).toBe(2);
    await page.locator('#account').fill('nobody');
    await page.getByText('No alert of this account').waitFor();
    await page.getByText('Show all alerts').click();
    await alerts(page).nth(3).waitFor();
  });
});

describe('the connection', () => {
  test('survives a restart of notify, and later alerts come without a gap', async () => {
    const store = createMemoryAlertStore();
    const before = await startNotify({ store });
    await before.post(fraudOf({ alertId: 'before' }));
    const { page } = await openPage(browser);
    onTestFinished(() => page.context().close());
    await page.goto(before.url);
    await page.locator('[data-state=live]').waitFor();
    await before.stop();
    await page.locator('[data-state=reconnecting]').waitFor();
    await store.upsert(fraudOf({ alertId: 'meanwhile', origin: 'meanwhile' }), Date.now());
    const after = await running({ store, port: before.port });
    await page.locator('[data-state=live]').waitFor();
    await page.getByText('meanwhile').first().waitFor();
    await after.post(fraudOf({ alertId: 'after', origin: 'afterwards' }));
    await page.getByText('afterwards').first().waitFor();
    expect(await alerts(page).count()).toBe(3);
  });

  test('goes on with what a restarted notify that has forgotten everything gets', async () => {
    const before = await startNotify();
    await before.post(fraudOf({ alertId: 'before', origin: 'kept' }));
    const { page } = await openPage(browser);
    onTestFinished(() => page.context().close());
    await page.goto(before.url);
    await page.locator('[data-state=live]').waitFor();
    await before.stop();
    const after = await running({ port: before.port });
    await after.post(fraudOf({ alertId: 'after', origin: 'fresh' }));
    await page.getByText('fresh').first().waitFor();
    expect(await page.getByText('kept').first().isVisible()).toBe(true);
  });
});

describe('hostile account names', () => {
  test.each([
    ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>'],
    ["' onmouseover='alert(1)", '{{constructor.constructor("alert(1)")()}}'],
    ['شركة النور', 'ח'.repeat(64)],
    ['𝔊'.repeat(64), 'W'.repeat(64)],
    ['__proto__', 'javascript:alert(1)'],
    ['{66}', '</script><svg onload=alert(1)>'],
  ])('show as text (P): %s', async (origin, target) => {
    const notify = await running();
    const page = await live(notify, { viewport: PHONE });
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    expect(await notify.post(fraudOf({ origin, target }))).toBe(204);
    await page.locator('summary').click();
    await page.locator('tbody tr').first().waitFor();
    expect(await page.locator('.account').allTextContents()).toEqual([origin, target]);
    expect(await page.locator('.only').allTextContents()).toEqual([
      `Only ${origin}`,
      `Only ${target}`,
    ]);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await widthBeyond(page)).toBe(0);
    expect(dialogs).toBe(0);
  });

  test('that turn text around are refused at the door (S1)', async () => {
    const notify = await running();
    expect(await notify.post(fraudOf({ origin: '\u202Egnp.exe' }))).toBe(422);
  });
});

describe('on every screen', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      test(`text is readable and nothing sticks out: ${colorScheme}, ${name}`, async () => {
        const notify = await running();
        await notify.post(fraudOf({ alertId: 'a', sequence: 3, members: 12 }));
        await notify.post(fraudOf({ alertId: 'b', totalMinor: 999_999_999_999_900n }));
        const page = await live(notify, { viewport, colorScheme, reducedMotion: 'reduce' });
        for (const summary of await page.locator('summary').all()) await summary.click();
        await page.locator('tbody tr').nth(13).waitFor();
        expect(await widthBeyond(page)).toBe(0);
        expect(await unreadableTexts(page)).toEqual([]);
      });
    }
  }

  test('the empty page fits a phone', async () => {
    const page = await live(await running(), { viewport: PHONE });
    expect(await widthBeyond(page)).toBe(0);
  });
});

test('keeps some hundreds of alerts in the page and loads older ones when asked', async () => {
  const store = createMemoryAlertStore();
  const notify = await running({ store });
  for (let i = 0; i < 350; i++) await store.upsert(fraudOf({ alertId: `old${i}` }), Date.now());
  const page = await live(notify);
  expect(await alerts(page).count()).toBe(200);
  await page.getByText('Show older alerts').click();
  await alerts(page).nth(299).waitFor();
  await page.getByText('Show older alerts').click();
  await alerts(page).nth(349).waitFor();
  expect(await page.getByText('Show older alerts').isVisible()).toBe(false);
});

describe('with a token', () => {
  const access = { kind: 'token', token: 'page-secret' } as const;

  test('asks for it, takes it once, and keeps it out of the address (P)', async () => {
    const notify = await running({ access });
    const { page } = await openPage(browser);
    onTestFinished(() => page.context().close());
    expect((await page.goto(notify.url))?.status()).toBe(401);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.waitForURL(/token=wrong/);
    await page.getByLabel('Token').fill('page-secret');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.locator('[data-state=live]').waitFor();
    expect(page.url()).toBe(`${notify.url}/`);
    await notify.post(fraudOf({ origin: 'behind the door' }));
    await page.getByText('behind the door').first().waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.reload();
    await page.locator('[data-state=live]').waitFor();
  });
});

test('says how to open it when it is closed for want of a token (P)', async () => {
  const notify = await running({ access: { kind: 'closed' } });
  const { page } = await openPage(browser);
  onTestFinished(() => page.context().close());
  expect((await page.goto(notify.url))?.status()).toBe(403);
  expect(await page.locator('main').innerText()).toContain('PAGE_TOKEN');
  expect(await notify.post(fraudOf())).toBe(204);
});

function widthBeyond(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
}

/** Texts whose contrast against what is behind them is below WCAG's 4.5 to 1. */
function unreadableTexts(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = (rgb) => {
      const [r, g, b] = rgb.slice(0, 3).map((v) => {
        const c = v / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const bad = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const element = walker.currentNode.parentElement;
      if (text === '' || !element.checkVisibility()) continue;
      const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(groundOf(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) bad.push(text.slice(0, 30) + ' ' + ratio.toFixed(2));
    }
    return bad;
  })()`);
}
