import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * For tests: posts by hand what no HTTP client would, and gives all that came back until the other
 * side closed, or `closeAfter` was seen in it.
 */
export async function rawPost(
  port: number,
  request: { headers: readonly string[]; body: string; closeAfter?: string },
): Promise<string> {
  const { headers, body, closeAfter = '\r\n\r\n' } = request;
  const hasLength = headers.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  const length = hasLength ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(['POST / HTTP/1.1', 'host: x', ...headers, ...length, '', body].join('\r\n'));
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) {
    text += chunk as string;
    if (closeAfter !== '' && text.includes(closeAfter)) break;
  }
  socket.destroy();
  return text;
}
