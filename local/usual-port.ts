import { createServer } from 'node:net';

/** The port that README names; when another program has it, 0: any free one. */
export function usualPort(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
}

/** Said behind an address whose port is another than README's; empty where it is that one. */
export function portNote(url: string, usual: number): string {
  return new URL(url).port === String(usual) ? '' : `   (port ${usual} is taken)`;
}
