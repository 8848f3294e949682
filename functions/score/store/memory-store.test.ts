import { createMemoryTotalsStore } from './memory-store.ts';
import { describeTotalsStore } from './store-contract.ts';

describeTotalsStore('the memory store', async (rule) => createMemoryTotalsStore({ rule }), {
  runs: Number(process.env.PROPERTY_RUNS ?? 200),
});
