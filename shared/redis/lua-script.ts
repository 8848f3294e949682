import { type CommandParser, defineScript, type RedisArgument } from '@redis/client';

/**
 * A Lua script as a command of the client: called with (keys, args), sent by its digest (EVALSHA),
 * and whole (EVAL) the one time that Redis does not know it. Two revisions of a function can
 * therefore run side by side, each with its own script.
 *
 * `read` turns the raw reply into a value: the one place that interprets the script's codes. It
 * gets text, or Buffers when called through `connection.callBinary`.
 */
export function luaScript<T>(source: string, read: (reply: unknown) => T) {
  return defineScript({
    SCRIPT: source,
    parseCommand(
      parser: CommandParser,
      keys: readonly RedisArgument[],
      args: readonly RedisArgument[],
    ): void {
      parser.pushKeysLength([...keys]);
      parser.push(...args);
    },
    transformReply: (reply: unknown): T => read(reply),
  });
}
