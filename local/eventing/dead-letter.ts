import type { PostResult } from './delivery.ts';
import { type WireEvent, withExtensions } from './wire-event.ts';

/** Extension names that would overwrite the event itself, or that the SDKs refuse. */
const RESERVED = new Set([
  'id',
  'source',
  'type',
  'specversion',
  'subject',
  'time',
  'data',
  'datacontenttype',
  'dataschema',
]);

/**
 * The event as the dead-letter sink gets it: with where it could not be delivered, the status and
 * the first 1,024 bytes of the answer (base64), and each answer header `Kne-x: v` as extension `x`
 * (spec L4: a dead letter tells its reason). Where there was no answer, the data tell why.
 */
export function toDeadLetter(event: WireEvent, sinkUrl: string, result: PostResult): WireEvent {
  const extensions: Record<string, string> = {};
  if (result.kind === 'answer') {
    for (const [header, value] of Object.entries(result.headers)) {
      const name = /^kne-([a-z0-9]+)$/.exec(header.toLowerCase())?.[1];
      const text = Array.isArray(value) ? value[0] : value;
      if (name && !RESERVED.has(name) && text !== undefined) extensions[name] = text;
    }
    extensions.knativeerrorcode = String(result.status);
  }
  const data = result.kind === 'answer' ? result.bodyHead : Buffer.from(result.reason);
  extensions.knativeerrordata = data.subarray(0, 1024).toString('base64');
  extensions.knativeerrordest = sinkUrl;
  return withExtensions(event, extensions);
}
