import type { ReadOptions } from '#shared/kafka/kafka-history.ts';

/**
 * Shows on a terminal how much of a topic has been read, in one line that goes when it is all;
 * shows nothing where there is no terminal.
 */
export function progressLine(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): (topic: string) => ReadOptions {
  return (topic) => {
    if (!stream.isTTY) return {};
    let shown = -1;
    return {
      onProgress: (passed, all) => {
        const percent = all === 0n ? 100 : Number((passed * 100n) / all);
        if (percent === shown) return;
        shown = percent;
        stream.write(percent === 100 ? '\r\x1b[K' : `\rreading ${topic}: ${percent} %\x1b[K`);
      },
    };
  };
}
