import { createMemoryAlertStore } from './memory-store.ts';
import { describeAlertStore } from './store-contract.ts';

describeAlertStore('the embedded store', async (retention) => createMemoryAlertStore(retention), {
  runs: 200,
});
