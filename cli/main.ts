/**
 * The program behind ./splitwatch: finds the command that was asked for, loads only its file and
 * runs it. A user's mistake is one line on standard error; DEBUG=1 adds where it came from.
 * Exit codes: 0 done, 64 wrong usage, 78 wrong configuration, 1 everything else.
 */
import { runProgram } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader left, as in `./splitwatch watch | head`
  throw error;
});

const exitCode = await runProgram(process.argv.slice(2), {
  writeOut: (text) => process.stdout.write(text),
  writeErr: (text) => process.stderr.write(text),
  isDebug: Boolean(process.env.DEBUG),
});
// A command that failed may have left sockets open: end here rather than wait for them.
if (exitCode !== 0) process.exit(exitCode);
