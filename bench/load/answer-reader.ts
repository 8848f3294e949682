/** Takes what comes from one connection, in any pieces, and tells each whole answer's status. */
export type AnswerReader = (chunk: Buffer) => void;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NO_BODY = new Set([204, 304]);

/**
 * Reads HTTP/1.1 answers with as little work as being sure of their ends takes: a load generator
 * must not be what is measured. Bodies are skipped, by their length or chunk by chunk.
 */
export function createAnswerReader(onAnswer: (status: number) => void): AnswerReader {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const answer = firstAnswer(bytes);
      if (answer === undefined) break;
      bytes = bytes.subarray(answer.bytes);
      onAnswer(answer.status);
    }
    rest = bytes;
  };
}

/** The first whole answer and how long it is; undefined while it has not come whole. */
function firstAnswer(bytes: Buffer): { status: number; bytes: number } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const status = Number(bytes.toString('latin1', 9, 12));
  const bodyStart = headEnd + HEAD_END.length;
  if (NO_BODY.has(status)) return { status, bytes: bodyStart };
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length:\s*(\d+)/i.exec(head)?.[1];
  if (length === undefined && !/\r\ntransfer-encoding:\s*chunked/i.test(head)) {
    throw new Error(`an answer without a length: ${head}`);
  }
  const end = length === undefined ? chunksEnd(bytes, bodyStart) : bodyStart + Number(length);
  return end === undefined || end > bytes.length ? undefined : { status, bytes: end };
}

function chunksEnd(bytes: Buffer, start: number): number | undefined {
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk without a size');
    at = lineEnd + LINE_END.length + size + LINE_END.length;
    if (size === 0) return at <= bytes.length ? at : undefined;
  }
}
