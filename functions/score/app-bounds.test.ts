import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  eventHeaders,
  expectRefusal,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';
import { rawPost } from './raw-post.ts';

let score: ScoreHarness;
afterEach(() => score.stop());

const JSON_TYPE = 'content-type: application/json';

/** One body of so many bytes as HTTP chunks of 16 KiB, with the end chunk or without. */
function chunked(bytes: number, isEnded = true): string {
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  return chunk.repeat(Math.ceil(bytes / 0x4000)) + (isEnded ? '0\r\n\r\n' : '');
}

test('answers 413 toolarge to a body over 64 KiB, takes one exactly so long (H)', async () => {
  score = await startScore();
  const text = JSON.stringify(transactionAt(0));
  expect((await score.post(text.padEnd(65_536), eventHeaders('1'))).status).toBe(204);
  const response = await score.post(text.padEnd(65_537), eventHeaders('2'));
  expect(response.headers.get('connection')).toBe('close');
  const problem = await expectRefusal(response, 413, 'toolarge');
  expect(problem).toMatchObject({ field: 'body', expected: 'at most 65536 bytes' });
});

test('answers 413 at the limit of a chunked body that never ends, and closes (H, P)', async () => {
  score = await startScore();
  const answer = await rawPost(score.serving.port, {
    headers: [JSON_TYPE, 'transfer-encoding: chunked'],
    body: chunked(80_000, false),
    closeAfter: '',
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/connection: close/i);
  expect(answer).toContain('"reason":"toolarge"');
});

test('answers 413 cleanly while the sender is still writing megabytes (H)', async () => {
  score = await startScore();
  const announced = await rawPost(score.serving.port, {
    headers: [JSON_TYPE],
    body: ' '.repeat(800_000),
    closeAfter: '',
  });
  const unannounced = await rawPost(score.serving.port, {
    headers: [JSON_TYPE, 'transfer-encoding: chunked'],
    body: chunked(800_000),
    closeAfter: '',
  });
  for (const answer of [announced, unannounced]) {
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/"reason":"toolarge".*\}$/);
  }
});

test('takes a batch up to 1 MiB, and not one byte more (H)', async () => {
  score = await startScore();
  const batch = { 'content-type': 'application/cloudevents-batch+json; charset=UTF-8' };
  expect((await score.post('[]'.padEnd(1_048_576), batch)).status).toBe(200);
  await expectRefusal(await score.post('[]'.padEnd(1_048_577), batch), 413, 'toolarge');
});

test('answers 429 to a body that does not come in time, and closes (P)', async () => {
  score = await startScore({ limits: { bodyTimeoutMs: 50 } });
  const answer = await rawPost(score.serving.port, {
    headers: [JSON_TYPE, 'content-length: 100'],
    body: '{"half":',
    closeAfter: '',
  });
  expect(answer).toMatch(/^HTTP\/1\.1 429 /);
  expect(answer).toMatch(/retry-after: 1/i);
  expect(answer).toContain('the whole body within 50 ms');
});

test('keeps the connection after a refusal whose short body it drops (H)', async () => {
  score = await startScore({ token: 's3cret' });
  const socket = connect(score.serving.port, '127.0.0.1');
  await once(socket, 'connect');
  const request = `POST / HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}\r\ncontent-length: 2\r\n\r\n{}`;
  socket.write(request + request);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk as string;
    if (text.split('HTTP/1.1 401 ').length === 3) break;
  }
  expect(text).not.toMatch(/connection: close/i);
  socket.destroy();
});

test('counts a sender that goes away in the middle of its body, and logs nothing (P)', async () => {
  score = await startScore();
  const socket = connect(score.serving.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}\r\ncontent-length: 100\r\n\r\n{"half":`);
  await expect.poll(() => score.metric('splitwatch_requests_in_flight')).toBe(1);
  socket.resetAndDestroy();
  await expect.poll(() => score.metric('splitwatch_senders_gone_total')).toBe(1);
  expect(await score.metric('splitwatch_requests_in_flight')).toBe(0);
  expect(score.logged).toEqual([]);
});

test('logs nothing for input that it refuses, whatever is in it (P)', async () => {
  score = await startScore();
  await score.post('\u001b[31m{');
  await score.post({ ...transactionAt(0), origin: 'a\nb' });
  expect(score.logged).toEqual([]);
});

test('answers hostile headers with a decision (P)', async () => {
  score = await startScore();
  const answer = await rawPost(score.serving.port, {
    headers: [JSON_TYPE, '__proto__: x', 'constructor: y', '__proto__: z'],
    body: JSON.stringify(transactionAt(0)),
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('puts no id and no account into the metrics (P)', async () => {
  score = await startScore();
  await score.post(transactionAt(0, '20000', 'acc-4711'), eventHeaders('id-4711'));
  await score.post(transactionAt(0, '-1', 'acc-4711'), eventHeaders('id-4711'));
  const text = await (await fetch(`${score.url}/metrics`)).text();
  expect(text).toContain('splitwatch_transactions_total{outcome="crossed"} 1');
  expect(text).toContain('splitwatch_refusals_total{reason="late"} 0');
  expect(text).toContain('splitwatch_request_duration_seconds_count 2');
  expect(text).not.toContain('4711');
});
