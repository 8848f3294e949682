import type { Random } from '../../functions/generate/core/random.ts';

/** A request as it may be mutated: headers as they are sent, in order, repeats included. */
export interface FuzzRequest {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Changes one thing of a request. */
export type Mutation = (request: FuzzRequest, random: Random) => FuzzRequest;

export function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)] as T;
}

export function withBody(request: FuzzRequest, body: Buffer | string): FuzzRequest {
  return { ...request, body: typeof body === 'string' ? Buffer.from(body) : body };
}

/** What Node would hand on of such headers: names are tokens, values trimmed, of one line. */
export function deliverable({ headers, body }: FuzzRequest): FuzzRequest {
  return {
    headers: headers
      .map(
        ([name, value]) => [name, trimmed(value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'))] as const,
      )
      .filter(([name]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)),
    body,
  };
}

function trimmed(value: string): string {
  return value.replace(/^[\t ]+|[\t ]+$/g, '');
}

/** A request as text from which it can be built again. */
export function showRequest({ headers, body }: FuzzRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [...lines, `body (base64): ${body.toString('base64')}`, `body: ${body}`].join('\n');
}
