import { connect, createServer, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** What a proxy does to what passes; nothing of it while a field is absent. */
export interface ProxyMood {
  /** Connections, those that are open too, are closed at once. */
  readonly isRefusing?: boolean;
  /** Nothing passes, in either direction, on any connection; nothing is lost of it. */
  readonly isSilent?: boolean;
  /** Replies come later by so much. */
  readonly replyDelayMs?: number;
  /** One reply in so many is cut in the middle, and its connection with it. */
  readonly cutOneReplyIn?: number;
  /** Text of replies that becomes another of the same length. */
  readonly rewrite?: readonly [from: string, to: string];
}

export interface FaultProxy {
  readonly port: number;
  /** Where connections lead that are opened from now on. */
  pointTo(port: number): void;
  /**
   * From now on, on connections old and new, beside other moods, until what it returns is called.
   */
  addMood(mood: ProxyMood): () => void;
  /** How often a mood has done something to somebody. */
  readonly strikes: number;
  readonly openConnections: number;
  close(): void;
}

/**
 * A TCP proxy on loopback that makes faults: it stands between two parts as a network does, and
 * knows nothing of what they say.
 */
export async function startFaultProxy(): Promise<FaultProxy> {
  const engine = new ProxyEngine();
  await engine.listen();
  return engine;
}

class ProxyEngine implements FaultProxy {
  readonly #server = createServer((near) => this.#join(near));
  readonly #open = new Set<Socket>();
  #target = 0;
  readonly #moods = new Set<ProxyMood>();
  #moodEnds = Promise.withResolvers<void>();
  #replies = 0;
  strikes = 0;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get openConnections(): number {
    return this.#open.size;
  }

  pointTo(port: number): void {
    this.#target = port;
  }

  addMood(mood: ProxyMood): () => void {
    this.#moods.add(mood);
    if (mood.isRefusing) for (const socket of this.#open) socket.destroy();
    return () => {
      this.#moods.delete(mood);
      this.#wake();
    };
  }

  get #mood(): ProxyMood {
    return Object.assign({}, ...this.#moods);
  }

  #wake(): void {
    this.#moodEnds.resolve();
    this.#moodEnds = Promise.withResolvers<void>();
  }

  close(): void {
    this.#moods.clear();
    this.#wake();
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #join(near: Socket): void {
    if (this.#mood.isRefusing) {
      this.strikes += 1;
      near.destroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    this.#open.add(near);
    const end = (): void => {
      this.#open.delete(near);
      near.destroy();
      far.destroy();
    };
    near.pipe(through((chunk) => this.#passRequest(chunk))).pipe(far);
    far.pipe(through((chunk) => this.#passReply(chunk, near, end))).pipe(near);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
  }

  async #passRequest(chunk: Buffer): Promise<Buffer> {
    await this.#untilHeard();
    return chunk;
  }

  async #passReply(chunk: Buffer, near: Socket, end: () => void): Promise<Buffer> {
    await this.#untilHeard();
    const { replyDelayMs = 0, cutOneReplyIn, rewrite } = this.#mood;
    if (replyDelayMs > 0) {
      this.strikes += 1;
      await new Promise((resolve) => setTimeout(resolve, replyDelayMs));
    }
    this.#replies += 1;
    if (cutOneReplyIn !== undefined && this.#replies % cutOneReplyIn === 0) {
      this.strikes += 1;
      near.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), end);
      return new Promise(() => {}); // nothing may follow the half
    }
    return rewrite === undefined ? chunk : this.#rewrite(chunk, rewrite);
  }

  #rewrite(chunk: Buffer, [from, to]: readonly [string, string]): Buffer {
    const text = chunk.toString('latin1');
    this.strikes += text.split(from).length - 1;
    return Buffer.from(text.replaceAll(from, to), 'latin1');
  }

  async #untilHeard(): Promise<void> {
    if (this.#mood.isSilent) this.strikes += 1;
    while (this.#mood.isSilent) await this.#moodEnds.promise;
  }
}

function through(pass: (chunk: Buffer) => Promise<Buffer>): Transform {
  const transform = (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void => {
    pass(chunk).then((passed) => done(null, passed), done);
  };
  const stream = new Transform({ transform });
  stream.on('error', () => {}); // its sockets say so too
  return stream;
}
