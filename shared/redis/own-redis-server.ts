import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface OwnRedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends the process at once, as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port, empty unless its settings keep its data. */
  readonly restart: () => Promise<void>;
  /** Stops it where it stands: its connections live on and nothing is answered, until `thaw`. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

/**
 * A real redis-server of a test's own, on a free port, for what must not be done to a shared one:
 * pausing, filling, killing. Needs `redis-server` on the PATH.
 */
export async function startOwnRedisServer(
  settings: readonly string[] = [],
): Promise<OwnRedisServer> {
  const port = await freePort();
  const run = () => startProcess(port, settings);
  let child = await run();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end(child),
    restart: async () => {
      await end(child);
      child = await run();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

async function startProcess(port: number, settings: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...args, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A test that fails halfway leaves no server behind.
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.removeListener('exit', endWithUs));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.once('error', () =>
      reject(new Error('redis-server is not installed: apt-get install redis-server')),
    );
    child.once('exit', () => reject(new Error(`redis-server did not start: ${said}`)));
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
