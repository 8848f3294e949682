import { describe, expect, it } from 'vitest';
import type { FaultName } from '../faults/fault-kinds.ts';
import { createChance } from './chance.ts';
import { createProcess, type SimProcess } from './sim-process.ts';
import { SILENT } from './trace.ts';
import { createVirtualTime } from './virtual-time.ts';
import { createWire } from './wire.ts';

/** One call under the given faults: what the other side did, and what the caller heard. */
async function callUnder(
  faults: readonly FaultName[],
  options: { to?: SimProcess | undefined; work?: () => string } = {},
) {
  const time = createVirtualTime(0);
  const caller = createProcess('score', 'caller');
  const server = createProcess('outside', 'server');
  const heard: string[] = [];
  const done: string[] = [];
  const wire = createWire({
    ...{ time, chance: createChance(1), trace: SILENT },
    faults: {
      ...{ done: [], timed: () => [], begins: () => true, cease: () => {} },
      strikes: (name, thing) =>
        faults.includes(name) && (!name.startsWith('crash') || thing.endsWith('after')),
    },
  });
  const call = wire.call({
    ...{ name: 'ask', from: caller, deadlineMs: 1_000, show: () => '' },
    to: () => ('to' in options ? options.to : server),
    work: () => {
      done.push('worked');
      return options.work?.() ?? 'answer';
    },
    failure: (reason) => new Error(reason),
  });
  call.then(
    (reply) => heard.push(reply),
    (error: Error) => heard.push(error.message),
  );
  await time.run(60_000, () => false);
  return { done, heard, isAlive: caller.isAlive };
}

const WORKED = ['worked'];

describe('a call over the wire', () => {
  it('brings the answer', async () => {
    expect(await callUnder([])).toEqual({ done: WORKED, heard: ['answer'], isAlive: true });
  });

  it('is done although its reply is lost, and the caller hears that it failed', async () => {
    const { done, heard } = await callUnder(['lost-reply']);
    expect([done, heard]).toEqual([WORKED, [expect.stringMatching(/no answer|cut off/)]]);
  });

  it('is not done when the request is lost', async () => {
    const { done, heard } = await callUnder(['lost-request']);
    expect([done, heard]).toEqual([[], ['no answer within 1000 ms']]);
  });

  it('never comes back to a process that crashed while it waited', async () => {
    expect(await callUnder(['crash-score'])).toEqual({ done: WORKED, heard: [], isAlive: false });
  });

  it('is refused where nobody is', async () => {
    const { done, heard } = await callUnder([], { to: undefined });
    expect([done, heard]).toEqual([[], ['refused']]);
  });

  it('tells what the other side failed with', async () => {
    const work = (): string => {
      throw new Error('broken');
    };
    expect((await callUnder([], { work })).heard).toEqual(['Error: broken']);
  });
});
