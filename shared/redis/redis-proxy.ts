import { connect, createServer, type Socket } from 'node:net';

export interface RedisProxy {
  readonly url: string;
  /** Where connections that are opened from now on lead; those that are open stay. */
  readonly pointTo: (redisPort: number) => void;
  /** Drops, unnoticed, all that moves on the connections now open. */
  readonly silenceOpenConnections: () => void;
  readonly close: () => void;
}

/** Stands between a test's client and Redis, as a name or a load balancer does in production. */
export async function startRedisProxy(redisPort: number): Promise<RedisProxy> {
  let port = redisPort;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    pointTo: (redisPort) => {
      port = redisPort;
    },
    silenceOpenConnections: () => {
      for (const socket of open) socket.unpipe().resume();
    },
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
