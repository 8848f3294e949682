import { describe, expect, test, vi } from 'vitest';
import { createAlertPump } from './alert-pump.ts';
import type { AlertChange } from './alert-store.ts';
import { upsertAlert } from './core/alert.ts';
import { fraudOf } from './fraud-examples.ts';

const CHANGE: AlertChange = changeAt(7);

function changeAt(position: number): AlertChange {
  const upserted = upsertAlert(undefined, fraudOf(), 1_800_000_000_000);
  if (upserted.kind === 'known') throw new Error('not new');
  return { position, alert: { ...upserted.alert, openedPosition: position } };
}

function fakeResponse() {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { written, write, writableEnded: false, destroyed: false, writableLength: 0 };
}

async function microticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined;
}

describe('a pump', () => {
  // A run takes a few microticks to end after it has found nothing; a wake may fall on any of them.
  test.each(Array.from({ length: 12 }, (_, i) => i))(
    'writes an alert that wakes it %i microticks after it found nothing',
    async (ticks) => {
      const response = fakeResponse();
      const changes: AlertChange[] = [];
      let isFirst = true;
      const pump = createAlertPump({
        feed: {
          changesAfter: async (position) => {
            const found = changes.filter((change) => change.position > position);
            if (isFirst) {
              isFirst = false;
              void microticks(ticks).then(() => {
                changes.push(CHANGE);
                pump();
              });
            }
            return found;
          },
        },
        ...{ response, position: 0, maxBufferBytes: 1_000 },
      });
      pump();
      await vi.waitFor(() => expect(response.written).toHaveLength(1), { timeout: 200 });
      expect(response.written[0]).toMatch(/^event: alert\nid: 7\ndata: \{/);
    },
  );

  test('writes nothing more to a slow reader until it is called again', async () => {
    const response = fakeResponse();
    const changes = [changeAt(1), changeAt(2)];
    const pump = createAlertPump({
      feed: {
        changesAfter: async (after) =>
          changes.filter(({ position }) => position > after).slice(0, 1),
      },
      ...{ response, position: 0, maxBufferBytes: 1_000 },
    });
    response.writableLength = 1_001;
    pump();
    await microticks(50);
    expect(response.written).toHaveLength(0);
    response.writableLength = 0;
    pump();
    await vi.waitFor(() => expect(response.written).toHaveLength(2), { timeout: 200 });
  });
});
