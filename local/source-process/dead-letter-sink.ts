import type { Poster } from '../eventing/post.ts';

const TIMEOUT_MS = 5000;
const NO_EVENT = { headers: { 'content-type': 'text/plain' }, body: Buffer.alloc(0) };

/**
 * Undefined when a KafkaSink listens there, else what is wrong. It is asked before anything is
 * read, since records that are refused while nobody takes dead letters would be gone: it is sent
 * what is no event, which every sink refuses, and only one that is not there answers 404.
 */
export async function deadLetterSinkProblem(
  poster: Pick<Poster, 'post'>,
  url: string,
): Promise<string | undefined> {
  const result = await poster.post(url, NO_EVENT, TIMEOUT_MS);
  if (result.kind === 'failure') return `the dead-letter sink ${url}: ${result.reason}`;
  const { status } = result;
  if (status !== 404 && status < 500) return undefined;
  return `the dead-letter sink ${url} answers ${status}`;
}
