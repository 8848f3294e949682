import { expect, it } from 'vitest';
import { bestOf } from './keep-awake.ts';
import { KNATIVE_REVISION_LABEL } from './pods-of.ts';

const pod = (name: string, revision: string, isReady: boolean) => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: { name, labels: { [KNATIVE_REVISION_LABEL]: revision } },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
  },
});

it('takes a pod that is ready before all others', () => {
  const pods = [pod('crashing', 'score-00001', false), pod('good', 'score-00002', true)];
  expect(bestOf(pods, 'score-00001')?.metadata.name).toBe('good');
});

it('takes one that is not ready of the revision that was, and none of another', () => {
  const crashing = pod('crashing', 'score-00002', false);
  const lost = pod('lost', 'score-00001', false);
  expect(bestOf([crashing, lost], 'score-00001')?.metadata.name).toBe('lost');
  expect(bestOf([crashing], 'score-00001')).toBeUndefined();
  expect(bestOf([crashing], '')?.metadata.name).toBe('crashing');
});
