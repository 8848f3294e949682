import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { decompress as unpackLz4 } from 'lz4js';
import { uncompress as unpackSnappy } from 'snappyjs';

/** What a batch of records may hold when unpacked: far above any broker's `message.max.bytes`. */
const UNPACKED_MAX_BYTES = 256 * 1024 * 1024;

/** Java's and many other producers put Snappy's blocks into frames, after these eight bytes. */
const XERIAL_MAGIC = Buffer.from('\x82SNAPPY\0', 'latin1');
/** The magic, a version and the oldest compatible one. */
const XERIAL_HEADER_BYTES = 16;

const unpackZstd = promisify(zstdDecompress);

/**
 * Teaches kafkajs, which has only gzip, to read every form in which other producers write:
 * KafkaSink on a cluster is one of them. We write plain. Safe to repeat.
 */
export function readAllCompressions(): void {
  // Node finds no such names among this module's exports; its default export has them.
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = reader('Snappy', async (packed) =>
    unpackXerial(packed),
  );
  CompressionCodecs[CompressionTypes.LZ4] = reader('LZ4', async (packed) =>
    Buffer.from(unpackLz4(packed)),
  );
  CompressionCodecs[CompressionTypes.ZSTD] = reader('Zstandard', (packed) =>
    unpackZstd(packed, { maxOutputLength: UNPACKED_MAX_BYTES }),
  );
}

function reader(name: string, decompress: (packed: Buffer) => Promise<Buffer>) {
  const compress = (): Promise<Buffer> => Promise.reject(new Error(`${name} is only read`));
  return () => ({ compress, decompress });
}

/** Blocks, each behind its length, or one block without any frame. */
export function unpackXerial(packed: Buffer): Buffer {
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unpackBlock(packed);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < packed.length; ) {
    const length = packed.readInt32BE(at);
    at += 4;
    if (length <= 0 || at + length > packed.length) throw new Error('a Snappy frame is cut off');
    blocks.push(unpackBlock(packed.subarray(at, at + length)));
    at += length;
  }
  return Buffer.concat(blocks);
}

function unpackBlock(block: Buffer): Buffer {
  return Buffer.from(unpackSnappy(block, UNPACKED_MAX_BYTES));
}
