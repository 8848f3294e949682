import { expect, test, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { AlertStore } from './alert-store.ts';
import type { Channel } from './channels/channel.ts';
import { fraudOf } from './fraud-examples.ts';
import { createNotify } from './notify.ts';
import { createMemoryAlertStore } from './store/memory-store.ts';

const NOW = 1_800_000_000_000;
const away = () => new AppError('state', 'Redis does not answer within 1000 ms');

/** Notify over a store some of whose steps are replaced, and what its channel was told. */
function start(parts: { store?: AlertStore; onUnmarked?: () => void } = {}) {
  const told: number[] = [];
  const channel: Channel = {
    name: 'test',
    tell: (fraud) => void told.push(fraud.sequence),
    close: async () => {},
  };
  const { store = createMemoryAlertStore(), onUnmarked = () => {} } = parts;
  return { told, store, notify: createNotify({ store, channels: [channel], onUnmarked }) };
}

/** Does its work, and the first time the reply is lost on its way back. */
function losesFirstReply<A extends unknown[], T>(step: (...args: A) => Promise<T>) {
  let isLost = true;
  return async (...args: A): Promise<T> => {
    const result = await step(...args);
    if (!isLost) return result;
    isLost = false;
    throw away();
  };
}

test('tells of an event once, however often it comes (D5)', async () => {
  const { notify, told } = start();
  for (const sequence of [1, 1, 3, 2, 3, 1]) await notify(fraudOf({ sequence }), NOW);
  expect(told).toEqual([1, 3]);
});

test('tells at redelivery when the reply of the store was lost', async () => {
  const inner = createMemoryAlertStore();
  const { notify, told } = start({ store: { ...inner, upsert: losesFirstReply(inner.upsert) } });
  await expect(notify(fraudOf(), NOW)).rejects.toMatchObject({ code: 'state' });
  expect(told).toEqual([]);
  expect((await notify(fraudOf(), NOW)).kind).toBe('known');
  expect(told).toEqual([1]);
  await notify(fraudOf(), NOW);
  expect(told).toEqual([1]);
});

test('tells at redelivery when the process that stored the event is gone before it told', async () => {
  const store = createMemoryAlertStore();
  await store.upsert(fraudOf(), NOW);
  const { notify, told } = start({ store });
  await notify(fraudOf(), NOW);
  expect(told).toEqual([1]);
});

test('tells at redelivery of a newer event only, when an older one was not told', async () => {
  const store = createMemoryAlertStore();
  for (const sequence of [1, 2]) await store.upsert(fraudOf({ sequence }), NOW);
  const { notify, told } = start({ store });
  for (const sequence of [1, 2]) await notify(fraudOf({ sequence }), NOW);
  expect(told).toEqual([2]);
});

test('is done when only the mark fails, says so, and tells again at redelivery', async () => {
  const inner = createMemoryAlertStore();
  const onUnmarked = vi.fn();
  const markTold = vi.fn(inner.markTold).mockRejectedValueOnce(away());
  const { notify, told } = start({ store: { ...inner, markTold }, onUnmarked });
  expect((await notify(fraudOf(), NOW)).kind).toBe('new');
  expect(onUnmarked).toHaveBeenCalledOnce();
  for (let i = 0; i < 2; i++) await notify(fraudOf(), NOW);
  expect(told).toEqual([1, 1]);
});

test('tells once of an event that is delivered twice at the same time', async () => {
  const inner = createMemoryAlertStore();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const markTold: AlertStore['markTold'] = async (alertId, sequence) => {
    await held;
    await inner.markTold(alertId, sequence);
  };
  const { notify, told } = start({ store: { ...inner, markTold } });
  const both = [notify(fraudOf(), NOW), notify(fraudOf(), NOW)];
  await vi.waitFor(() => expect(told).toEqual([1]));
  release();
  await Promise.all(both);
  expect(told).toEqual([1]);
});
