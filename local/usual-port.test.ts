import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from './services/free-port.ts';
import { portNote, usualPort } from './usual-port.ts';

it('gives the usual port, or any free one where another program has it', async () => {
  const [port = 0] = await freePorts(1);
  expect(await usualPort(port)).toBe(port);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  expect(await usualPort(port)).toBe(0);
});

it('says when the address is not the usual one', () => {
  expect(portNote('http://127.0.0.1:8080/', 8080)).toBe('');
  expect(portNote('http://127.0.0.1:43211/', 8080)).toBe('   (port 8080 is taken)');
});
