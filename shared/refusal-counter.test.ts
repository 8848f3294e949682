import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createRefusalCounter } from './refusal-counter.ts';

it('counts in one series however often it is made for a registry', async () => {
  const registry = new Registry();
  createRefusalCounter(registry)('late');
  createRefusalCounter(registry)('late');
  const text = await registry.metrics();
  expect(text).toContain('splitwatch_refusals_total{reason="late"} 2');
  expect(text).toContain('splitwatch_refusals_total{reason="busy"} 0');
});
