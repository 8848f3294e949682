import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { structuredEvent, type WireEvent } from './wire-event.ts';

/** True for the content type of a JSON array of CloudEvents, whatever its parameters and case. */
export function isBatch(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === BATCH_MEDIA_TYPE;
}

/** The events of a batch (CloudEvents JSON format 4), or which of them is none. */
export function parseBatch(
  json: Buffer,
): { readonly events: readonly WireEvent[] } | { readonly problem: string } {
  let items: unknown;
  try {
    items = JSON.parse(json.toString());
  } catch {
    items = undefined;
  }
  if (!Array.isArray(items)) return { problem: 'not an array of CloudEvents' };
  const events: WireEvent[] = [];
  for (const [i, item] of items.entries()) {
    const event = structuredEvent(item);
    if (event === undefined) return { problem: `item ${i} is not a CloudEvent` };
    events.push(event);
  }
  return { events };
}
