import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import { problemHeaders, toProblem } from './problem.ts';

/**
 * What is answered to a request that Node could not read, so that it too gets a problem with a
 * reason: headers over the limit are `toolarge` (431), what is not HTTP is `malformed`, and one
 * that came too slowly is `busy`, since 408 is none of the answers of the event path (H).
 */
export function refuseBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  onRefused: (reason: ErrorCode) => void = () => {},
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error.code);
  onRefused(refusal.code);
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : refusal.status;
  const body = JSON.stringify({ ...toProblem(refusal), status });
  const headers = {
    ...problemHeaders(refusal),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

function refusalOf(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError('toolarge', 'the headers are larger than this function takes');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new AppError('busy', 'the request did not come in time');
  }
  return new AppError('malformed', 'this is not an HTTP request');
}
