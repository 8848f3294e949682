import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const module = fileURLToPath(new URL('./negative-timeout-warning.ts', import.meta.url));

async function warningsOf(script: string): Promise<string> {
  const source = `
    import { silenceKafkajsTimeoutWarning } from ${JSON.stringify(module)};
    silenceKafkajsTimeoutWarning();
    ${script}`;
  const parameters = ['--input-type=module-typescript', '--eval', source];
  return (await promisify(execFile)(process.execPath, parameters)).stderr;
}

it('keeps quiet about a negative delay that kafkajs sets', async () => {
  const script = `function scheduleCheckPendingRequests() { setTimeout(() => {}, -5); }
    scheduleCheckPendingRequests();`;
  expect(await warningsOf(script)).not.toContain('TimeoutNegativeWarning');
});

it('lets every other warning through', async () => {
  expect(await warningsOf('setTimeout(() => {}, -5);')).toContain('TimeoutNegativeWarning');
  expect(await warningsOf("process.emitWarning('look out');")).toContain('look out');
});
