import { expect, it } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { podTrouble } from './pod-trouble.ts';

const pod = (status: Record<string, unknown>, metadata = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, status },
});
const container = (status: object): KubeObject =>
  pod({ phase: 'Pending', containerStatuses: [{ image: 'x:1', ...status }] });
const ended = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason } });

it('says nothing of a pod that works, that starts or that is on its way out', () => {
  const ready = [{ type: 'Ready', status: 'True' }];
  expect(podTrouble(pod({ phase: 'Running', conditions: ready }))).toBeUndefined();
  const starting = { state: { waiting: { reason: 'ContainerCreating' } } };
  expect(podTrouble(container(starting))).toBeUndefined();
  const bad = { state: { waiting: { reason: 'ErrImagePull' } } };
  const leaving = { deletionTimestamp: '2026-11-22T10:00:00Z' };
  expect(podTrouble(pod({ containerStatuses: [bad] }, leaving))).toBeUndefined();
});

it('says which image cannot be had, and how to have it', () => {
  const trouble = podTrouble(
    container({ state: { waiting: { reason: 'ImagePullBackOff', message: 'not\nfound' } } }),
  );
  expect(trouble).toMatchObject({
    words: 'the image x:1 cannot be had (ImagePullBackOff): not found',
    isHopeless: true,
  });
  expect(trouble?.cure).toContain('./splitwatch image');
});

it('says why no node takes it', () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', message: 'Insufficient cpu' }];
  expect(podTrouble(pod({ phase: 'Pending', conditions }))).toMatchObject({
    words: 'no node takes it: Insufficient cpu',
    isHopeless: false,
  });
});

it.each([
  ['a crash', 1, 'Error', 0, { words: 'it ended with exit code 1', isHopeless: false }],
  ['crashes', 1, 'Error', 3, { words: 'it ended with exit code 1, 4 times', isHopeless: true }],
  ['wrong settings', 78, 'Error', 0, { cure: expect.stringContaining('its settings are wrong') }],
  ['too little memory', 137, 'OOMKilled', 0, { words: 'it was killed for its memory' }],
])('tells %s by the exit code', (_what, exitCode, reason, restartCount, expected) => {
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const lastState = ended(exitCode, reason);
  expect(podTrouble(container({ state, lastState, restartCount }))).toMatchObject(expected);
});

it('names a Secret that is missing', () => {
  const waiting = { reason: 'CreateContainerConfigError', message: 'secret "s" not found' };
  expect(podTrouble(container({ state: { waiting } }))?.words).toContain('secret "s" not found');
});

it('tells a pod that runs and is not ready', () => {
  const conditions = [{ type: 'Ready', status: 'False' }];
  expect(podTrouble(pod({ phase: 'Running', conditions }))).toMatchObject({ isInLog: true });
});
