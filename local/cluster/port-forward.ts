import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { PortForward } from '@kubernetes/client-node';
import type { Forward, PodRef } from './cluster.ts';

/**
 * Listens on a port of 127.0.0.1, a free one for 0, and carries each connection to the pod's port
 * through the API server. A connection that cannot be carried is closed.
 */
export async function openForward(
  forwarder: PortForward,
  pod: PodRef,
  podPort: number,
  localPort: number,
): Promise<Forward> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    const complaints = new PassThrough();
    // What the node says about the pod's port: that nobody listens, mostly.
    complaints.on('data', () => socket.destroy());
    forwarder
      .portForward(pod.namespace, pod.name, [podPort], socket, complaints, socket)
      .then((carrier) => {
        const tunnel = typeof carrier === 'function' ? carrier() : carrier;
        if (tunnel === null) return socket.destroy();
        tunnel.onclose = () => socket.end();
        tunnel.onerror = () => socket.destroy();
        socket.on('close', () => tunnel.close());
        return undefined;
      })
      .catch(() => socket.destroy());
  });
  server.listen(localPort, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
