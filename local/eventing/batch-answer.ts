import { headerText } from '#shared/http/problem.ts';
import type { PostResult } from './delivery.ts';

/** The header that asks for an answer without a body where there is nothing to tell (RFC 7240). */
export const PREFER_MINIMAL = 'return=minimal';

/**
 * What a 207 says of each item of a batch: undefined where it was accepted, else what its own POST
 * would have been answered. Undefined as a whole where the answer does not say so of each item.
 */
export function answersOfItems(
  body: Buffer,
  count: number,
): readonly (PostResult | undefined)[] | undefined {
  let items: unknown;
  try {
    items = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(items) || items.length !== count) return undefined;
  return items.map(answerOfItem);
}

/** A problem (RFC 9457) has a status of its own; an outcome has none. */
function answerOfItem(item: unknown): PostResult | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { status, reason, detail } = item as Record<string, unknown>;
  if (typeof status !== 'number' || status < 300) return undefined;
  const headers: Record<string, string> = {};
  if (typeof reason === 'string') headers['kne-reason'] = headerText(reason);
  if (typeof detail === 'string') headers['kne-detail'] = headerText(detail);
  return { kind: 'answer', status, headers, bodyHead: Buffer.from(JSON.stringify(item)) };
}
