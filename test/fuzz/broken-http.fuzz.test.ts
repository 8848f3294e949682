import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Random } from '../../functions/generate/core/random.ts';
import { startFunctionProcess } from '../../local/function-process.ts';
import { checkAnswer } from './check-answer.ts';
import { FRAUD_EXAMPLES, TRANSACTION_EXAMPLES } from './examples.ts';
import { type FuzzRequest, pick } from './fuzz-request.ts';
import { requestOf, runsOr } from './fuzz-runs.ts';
import { type RawAnswer, rawAnswers, rawExchange } from './raw-exchange.ts';

/**
 * Mutated requests as bytes on a real socket, many of them no HTTP: the process that gets them goes
 * on serving, answers nothing that H does not have, and logs nothing of what it refuses.
 */
const RUNS = runsOr(3_000);
const AT_ONCE = 16;

/** Lengths and encodings that are not those of the body, and lines that are no headers. */
const HTTP_LINES: readonly string[] = [
  ...['content-length: 0', 'content-length: 7', 'content-length: 99999999', 'content-length: -1'],
  ...['content-length: 0x10', 'content-length: 5, 5', 'content-length: 18446744073709551617'],
  ...['transfer-encoding: chunked', 'transfer-encoding: gzip, chunked', 'transfer-encoding: \x0b'],
  ...['expect: 100-continue', 'expect: else', 'connection: upgrade\r\nupgrade: h2c', 'x'],
  ...[' folded', ': no name', 'x : y', 'a b: c', 'x: \0', `x: ${'y'.repeat(20_000)}`, '\n', '\r'],
  ...['authorization: Bearer x', 'te: trailers', 'host: y', 'trailer: ce-id', 'connection: close'],
  ...[Array.from({ length: 3_000 }, (_, i) => `x${i}: `).join('\r\n'), 'x\xff: y'],
];
const START_LINES: readonly string[] = [
  ...[
    'POST / HTTP/1.0',
    'POST / HTTP/1.2',
    'POST / HTTP/2.0',
    'POST  / HTTP/1.1',
    'post / HTTP/1.1',
  ],
  ...[
    'POST //',
    'POST http://x/ HTTP/1.1',
    'POST /?%ff HTTP/1.1',
    'PRI * HTTP/2.0',
    '\x16\x03\x01',
  ],
  ...['GET / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'CONNECT x:1 HTTP/1.1', 'GET /pairs/%/%00 HTTP/1.1'],
  ...['GET /alerts?limit=-1 HTTP/1.1', 'GET /alerts/%c0 HTTP/1.1', 'GET /page/..%2f HTTP/1.1'],
  ...['GET /pairs/__proto__/constructor?currency[]=USD HTTP/1.1', `GET /${'x'.repeat(20_000)}`],
];

interface RawRequest {
  readonly bytes: Buffer;
  /** It is a POST to the event path, as far as its first line goes. */
  readonly isEvent: boolean;
}

function rawRequest({ headers, body }: FuzzRequest, random: Random): RawRequest {
  const start = random.chance(0.1) ? pick(START_LINES, random) : 'POST / HTTP/1.1';
  const lines = [start, 'host: x', ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (random.chance(0.85)) lines.push(`content-length: ${body.length}`);
  if (random.chance(0.3)) {
    lines.splice(random.between(1, lines.length), 0, pick(HTTP_LINES, random));
  }
  const isChunked = lines.some((line) => line.startsWith('transfer-encoding: chunked'));
  const chunk = Buffer.concat([
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from('\r\n0\r\n\r\n'),
  ]);
  const sent = isChunked && random.chance(0.7) ? chunk : body;
  const whole = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), sent]);
  const twice = random.chance(0.1) ? Buffer.concat([whole, whole]) : whole;
  const cut = random.chance(0.1) ? twice.subarray(0, random.below(twice.length + 1)) : twice;
  return { bytes: cut, isEvent: start === 'POST / HTTP/1.1' };
}

/** Besides what the door answers: headers too large, a body that did not come. */
function checkRawAnswer(answer: RawAnswer, isEvent: boolean): void {
  const { status, headers } = answer;
  if (status === 100) return;
  const isBroken =
    [429, 431].includes(status) && /^(busy|toolarge)$/.test(headers['kne-reason'] ?? '');
  if (isBroken || (!isEvent && status < 500)) return;
  checkAnswer({ status, headers, ...(status === 204 ? {} : { body: answer.body }) });
}

const EXAMPLES = { score: TRANSACTION_EXAMPLES, notify: FRAUD_EXAMPLES } as const;

/** The function as in production, as a process, with the embedded store. */
async function started(
  name: keyof typeof EXAMPLES,
  settings: Readonly<Record<string, string>>,
  onLogLine: (line: string) => void,
): Promise<number> {
  const running = await startFunctionProcess({
    name,
    script: join(import.meta.dirname, `../../functions/${name}/main.ts`),
    environment: {
      ...{ PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', REDIS_URL: 'memory:' },
      ...settings,
    },
    onLogLine,
  });
  onTestFinished(() => running.kill());
  return running.port;
}

test.each(['score', 'notify'] as const)(
  `%s serves on after ${RUNS} requests that are broken as HTTP or as events (H, P)`,
  async (name) => {
    const logged: string[] = [];
    const log = (line: string): void => void logged.push(line);
    const sink = await started('notify', { CHANNELS: 'none' }, log);
    const settings = { K_SINK: `http://127.0.0.1:${sink}/`, MAX_FUTURE_MS: '0' };
    const port = name === 'notify' ? sink : await started('score', settings, log);
    let answered = 0;
    const work = async (worker: number): Promise<void> => {
      for (let run = worker; run < RUNS; run += AT_ONCE) {
        const { request, random } = requestOf(run, EXAMPLES[name]);
        const { bytes, isEvent } = rawRequest(request, random);
        const text = await rawExchange(port, bytes);
        try {
          const answers = rawAnswers(text);
          for (const answer of answers) checkRawAnswer(answer, isEvent);
          answered += Math.min(1, answers.length);
        } catch (error) {
          const what = error instanceof Error ? error.message : String(error);
          const shown = `${what}\nsent (base64): ${bytes.toString('base64')}\nanswered: ${text}`;
          throw new Error(`request ${run}: ${shown}`, { cause: error });
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await health.json()).toEqual({ status: 'ok' });
    expect(answered).toBeGreaterThan(RUNS * 0.9);
    const errors = logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
    expect(errors).toEqual([]);
  },
  120_000,
);
