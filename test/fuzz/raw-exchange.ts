import { connect } from 'node:net';

const ANSWER_MS = 2_000;

/**
 * Writes bytes to a port as they are and says that no more will come; gives all that came back
 * until the other side closed, or for two seconds.
 */
export function rawExchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, ANSWER_MS);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    // A reset is an end too: what came before it counts.
    socket.on('error', () => {});
    socket.on('close', finish);
  });
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answers of one connection, one after the other. Throws where they are not whole. */
export function rawAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const [head = ''] = rest.split('\r\n\r\n', 1);
    const [start = '', ...lines] = head.split('\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1];
    if (status === undefined) throw new Error(`no answer of HTTP: ${JSON.stringify(rest)}`);
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const bodyAt = head.length + 4;
    const length = Number(headers['content-length'] ?? 0);
    const bytes = Buffer.from(rest.slice(bodyAt));
    answers.push({ status: Number(status), headers, body: bytes.toString('utf8', 0, length) });
    rest = bytes.toString('utf8', length);
  }
  return answers;
}
