/**
 * The load generator, a process of its own: makes requests ready, then sends them with so many
 * under way, each connection its next request when the answer to the last one is whole.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { percentile } from '../../local/cluster/load-samples.ts';
import { createAnswerReader } from './answer-reader.ts';
import { createEventTraffic } from './event-traffic.ts';
import { GO, type LoadDone, type LoadOrder } from './http-load.ts';

interface Lane {
  readonly socket: Socket;
  isOpen: boolean;
  onAnswer: (status: number) => void;
}

const traffics = new Map<string, () => Buffer>();
const lanesByPort = new Map<number, Lane[]>();

process.on('message', (order: LoadOrder | typeof GO) => {
  if (order === GO) return;
  run(order).then(
    (done) => process.send?.(done),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));

async function run(order: LoadOrder): Promise<LoadDone> {
  const key = `${order.port} ${JSON.stringify(order.traffic)}`;
  const next = traffics.get(key) ?? createEventTraffic(order.traffic);
  traffics.set(key, next);
  const requests = Array.from({ length: order.requests }, next);
  const lanes = await openLanes(order.port, order.inFlight);
  process.send?.({ isReady: true });
  await once(process, 'message'); // the word to go
  const beganMs = performance.now();
  const { statuses, latenciesMs } = await sendAll(lanes, requests);
  const tookMs = performance.now() - beganMs;
  const sorted = latenciesMs.sort();
  const [p50Ms, p99Ms] = [0.5, 0.99].map((part) => percentile([...sorted], part));
  return { tookMs, statuses, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0 };
}

async function openLanes(port: number, count: number): Promise<Lane[]> {
  const open = (lanesByPort.get(port) ?? []).filter(({ isOpen }) => isOpen);
  while (open.length < count) open.push(await openLane(port));
  lanesByPort.set(port, open);
  return open.slice(0, count);
}

async function openLane(port: number): Promise<Lane> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const lane: Lane = { socket, isOpen: true, onAnswer: () => {} };
  const read = createAnswerReader((status) => lane.onAnswer(status));
  socket.on('data', read);
  socket.on('error', () => {}); // `close` follows
  socket.on('close', () => {
    lane.isOpen = false;
    lane.onAnswer(0);
  });
  return lane;
}

/** Resolves with how often each status was answered; a broken connection is status 0. */
function sendAll(lanes: readonly Lane[], requests: readonly Buffer[]) {
  const statuses: Record<string, number> = {};
  const latenciesMs = new Float64Array(requests.length);
  let next = 0;
  let waiting = requests.length;
  return new Promise<{ statuses: typeof statuses; latenciesMs: Float64Array }>((resolve) => {
    for (const lane of lanes) {
      let sentMs = 0;
      const send = (): void => {
        const request = requests[next];
        if (request === undefined) lane.onAnswer = () => {};
        else {
          next += 1;
          sentMs = performance.now();
          lane.socket.write(request);
        }
      };
      lane.onAnswer = (status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        waiting -= 1;
        latenciesMs[waiting] = performance.now() - sentMs;
        if (waiting === 0 || status === 0) resolve({ statuses, latenciesMs });
        else send();
      };
      send();
    }
  });
}
