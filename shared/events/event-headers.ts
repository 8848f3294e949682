import { malformed } from './refusals.ts';

/**
 * Request headers by lower-case name. A header that was sent several times is an array; what Node
 * calls `headers` has such values already joined, so the door builds this from `rawHeaders`.
 */
export type EventHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The header's value, or undefined when it was not sent.
 * @throws AppError `malformed` when it was sent more than once: which one counts would be a guess.
 */
export function singleHeader(headers: EventHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined || typeof value === 'string') return value;
  if (value.length > 1) throw malformed(name, 'the header once');
  return value[0];
}

/**
 * All headers of a request, from Node's flat list of names and values; none is dropped or joined.
 */
export function collectHeaders(rawHeaders: readonly string[]): EventHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const value = rawHeaders[i + 1] as string;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (typeof before === 'string') headers[name] = [before, value];
    else before.push(value);
  }
  return headers;
}

/** The flat list that {@link collectHeaders} reads. */
export function flattenHeaders(headers: EventHeaders): string[] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    (typeof values === 'string' ? [values] : values).flatMap((value) => [name, value]),
  );
}
