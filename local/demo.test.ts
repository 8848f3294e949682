import { describe, expect, it } from 'vitest';
import { type DemoOptions, runDemo } from './demo.ts';

const OPTIONS: DemoOptions = {
  ...{ rate: 400, accounts: 1000, seed: 5, speed: 900, port: 0, scorePort: 0 },
  ...{ json: true, quiet: false, for: 2000 },
};

async function run(options: Partial<DemoOptions> = {}, stopSignal = new AbortController().signal) {
  const written = { out: '', err: '' };
  const exitCode = await runDemo(
    { ...OPTIONS, ...options },
    {
      out: { write: (text) => (written.out += text) },
      err: { write: (text) => (written.err += text) },
      stopSignal,
    },
  );
  return { exitCode, ...written, lines: written.out.trim().split('\n') };
}

describe('the demo', () => {
  it('finds all that was planted and nothing else, in half an hour of event time', async () => {
    const { exitCode, lines, err } = await run();
    const { summary } = JSON.parse(lines.at(-1) as string);
    expect(summary).toMatchObject({ transactions: 800, missed: 0, false: 0, lost: 0 });
    expect(summary.planted).toBeGreaterThan(3);
    expect(summary.found).toBe(summary.planted);
    expect(exitCode).toBe(0);
    expect(err).toContain('Plan(s) for "splitwatch-demo"');
  });

  it('finds the same alerts with the same seed (D7)', async () => {
    const alerts = async () => (await run()).lines.slice(0, -1).sort();
    expect(await alerts()).toEqual(await alerts());
  });

  it('prints the plan, the page and the viewer’s lines for people, and stops when told', async () => {
    const stopping = new AbortController();
    const { for: _, ...endless } = OPTIONS;
    const written: string[] = [];
    const ended = runDemo(
      { ...endless, json: false },
      {
        out: {
          write: (text) => {
            written.push(text);
            if (text.includes('Detected Fraud:')) stopping.abort();
          },
        },
        err: { write: () => {} },
        stopSignal: stopping.signal,
      },
    );
    expect(await ended).toBe(0);
    const output = written.join('');
    expect(output).toMatch(/\[COMPLETE\][\s\S]*Page: +http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(output).toMatch(/Broker: {3}embedded\nTopic: {3}fraud\n\nDetected Fraud: {3}Trans/);
    expect(output).toMatch(/Processed [1-9]\d* messages\n/);
  });
});
