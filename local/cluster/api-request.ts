import { request as httpRequest } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { ClusterError } from './cluster.ts';

const TIMEOUT_MS = 20_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Of the body; application/json unless set. */
  readonly contentType?: string;
}

/** Asks the API server; undefined for 404. */
export type AskApi = (asked: ApiRequest) => Promise<unknown>;

/**
 * Objects go to the API and come back as they stand. The official client says where the server is
 * and how to log in; its typed models are not used, since they leave out what they do not know,
 * such as `from` in a NetworkPolicy.
 */
export function createApi(config: KubeConfig): AskApi {
  const server = config.getCurrentCluster()?.server ?? '';
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const login = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const { agent: _theirs, ...rest } = options;
    // One agent for all requests: the client makes one, and so a connection, for each.
    return { ...rest, agent };
  };
  return async (asked) => {
    const options = await login();
    const { status, text } = await exchange(new URL(server + asked.path), options, asked);
    if (status >= 200 && status < 300) return text === '' ? {} : JSON.parse(text);
    if (status === 404) return undefined;
    throw new ClusterError(status, messageOf(status, text));
  };
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

function exchange(url: URL, options: RequestOptions, asked: ApiRequest): Promise<Reply> {
  const { method, body, contentType = 'application/json' } = asked;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(options.headers as Record<string, string>),
    accept: 'application/json',
    ...(text !== undefined && {
      'content-type': contentType,
      'content-length': String(Buffer.byteLength(text)),
    }),
  };
  const isTls = url.protocol === 'https:';
  const { agent, ...plain } = options;
  const open = isTls ? request : httpRequest;
  return new Promise((resolve, reject) => {
    const sending = open(
      url,
      { ...plain, ...(isTls && { agent }), method, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sending.setTimeout(TIMEOUT_MS, () =>
      sending.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
    );
    sending.on('error', (error: Error) => {
      reject(new ClusterError(0, `${url.origin}: ${error.message}`, { cause: error }));
    });
    sending.end(text);
  });
}

function messageOf(status: number, text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message) return message;
  } catch {
    // Not from the API server, but from something in front of it.
  }
  return `the API server answered ${status}`;
}
