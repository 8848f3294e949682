import { describe, expect, it } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { isBindingKnown, readinessOf } from './readiness.ts';

const conditioned = (conditions: readonly object[], observedGeneration = 2): KubeObject => ({
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service' },
  metadata: { name: 'score', generation: 2 },
  status: { observedGeneration, conditions },
});

describe('an object of Knative', () => {
  it('is ready when it says so of its newest generation', () => {
    expect(readinessOf(conditioned([{ type: 'Ready', status: 'True' }]))).toEqual({
      kind: 'ready',
    });
  });

  it('is waited for while its controller speaks of an older generation', () => {
    expect(readinessOf(conditioned([{ type: 'Ready', status: 'True' }], 1))).toEqual({
      kind: 'waiting',
      words: 'its controller has not looked at it yet',
    });
  });

  it('names the condition behind the one that sums up', () => {
    const conditions = [
      { type: 'Ready', status: 'False', reason: 'RevisionMissing', message: 'sum' },
      { type: 'ConfigurationsReady', status: 'False', message: 'the image\n  is not there' },
    ];
    expect(readinessOf(conditioned(conditions))).toEqual({
      kind: 'waiting',
      words: 'configurations ready is not done: the image is not there',
    });
  });

  it('gives the reason in words where there is no message', () => {
    const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'IngressNotConfigured' }];
    expect(readinessOf(conditioned(conditions))).toMatchObject({
      words: 'not ready: ingress not configured',
    });
  });
});

describe('what Kubernetes runs', () => {
  const job = (status: Record<string, unknown>): KubeObject => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'topics' }, status },
  });

  it.each([
    [{ succeeded: 1 }, 'ready', undefined],
    [{ failed: 2 }, 'waiting', 'it failed 2 times'],
    [{}, 'waiting', 'it has not ended'],
    [
      { conditions: [{ type: 'Failed', status: 'True', message: 'over its limit' }] },
      'failed',
      'over its limit',
    ],
  ])('a Job with %j is %s', (status, kind, words) => {
    expect(readinessOf(job(status))).toEqual(words === undefined ? { kind } : { kind, words });
  });

  it('a StatefulSet is ready when its pods are, of its newest generation', () => {
    const set = (status: Record<string, unknown>): KubeObject => ({
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'r', generation: 1 } },
      ...{ spec: { replicas: 1 }, status },
    });
    const all = { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 };
    expect(readinessOf(set(all)).kind).toBe('ready');
    expect(readinessOf(set({ ...all, updatedReplicas: 0 })).kind).toBe('waiting');
    expect(readinessOf(set({}))).toEqual({ kind: 'waiting', words: '0 of 1 pods are ready' });
  });
});

it('other kinds are ready by being there', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
  expect(readinessOf(secret)).toEqual({ kind: 'ready' });
});

it('a binding is known once it has an address, or has looked for its subject (facts 2)', () => {
  const binding = (status: Record<string, unknown>): KubeObject => ({
    ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', metadata: { name: 'score' } },
    status,
  });
  expect(isBindingKnown(binding({}))).toBe(false);
  expect(isBindingKnown(binding({ sinkUri: 'http://sink' }))).toBe(true);
  const missing = { type: 'Ready', status: 'False', reason: 'SubjectMissing' };
  expect(isBindingKnown(binding({ conditions: [missing] }))).toBe(true);
});
