import { Agent, request } from 'node:http';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';

export interface BatchPoster {
  /** Posts each in its turn. Rejects when one is not answered 200. */
  readonly post: (bodies: Iterable<string>) => Promise<void>;
  readonly close: () => void;
}

/** Posts batches to score from this process, over one connection, one at a time. */
export function createBatchPoster(port: number): BatchPoster {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const postOne = (body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': BATCH_MEDIA_TYPE,
        'content-length': Buffer.byteLength(body),
      };
      const options = { method: 'POST', host: '127.0.0.1', port, agent, headers };
      const posting = request(options, (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`score answers a batch with ${response.statusCode}`));
        });
      });
      posting.on('error', reject);
      posting.end(body);
    });
  return {
    post: async (bodies) => {
      for (const body of bodies) await postOne(body);
    },
    close: () => agent.destroy(),
  };
}
