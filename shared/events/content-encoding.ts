import { type EventHeaders, singleHeader } from './event-headers.ts';
import { unreadable } from './refusals.ts';

/**
 * Refuses a body that is said to be packed: nothing here unpacks, so that no small body can become
 * a large one.
 * @throws AppError `mediatype`, or `malformed` for the header twice.
 */
export function refuseContentEncoding(headers: EventHeaders): void {
  const encoding = singleHeader(headers, 'content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw unreadable('no content-encoding');
}
