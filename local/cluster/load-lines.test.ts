import { describe, expect, it } from 'vitest';
import { secondJson, secondLine } from './load-lines.ts';

const moment = { atMs: 2000, readyPods: 1, pods: 2, lag: 3 };
const samples = [
  { atMs: 500, latencyMs: 900, status: 200 },
  { atMs: 1500, latencyMs: 20, status: 200 },
  { atMs: 1600, latencyMs: 30, status: 503 },
];

describe('a second of load', () => {
  it('shows pods, and the answers of that second', () => {
    expect(secondLine({ moment, samples }).trim().split(/ {2,}/)).toEqual([
      ...['2 s', '1 of 2 pods', '2 answers', '1 failed', 'slowest 30 ms', 'lag 3'],
    ]);
    expect(secondJson({ moment, samples })).toEqual({
      ...{ second: 2, readyPods: 1, pods: 2, lag: 3, answers: 2, failures: 1, slowest: 30 },
    });
  });

  it('says nothing of answers while nobody knows them', () => {
    const seen = { moment, samples: undefined };
    expect(secondLine(seen).trim().split(/ {2,}/)).toEqual(['2 s', '1 of 2 pods', 'lag 3']);
    expect(secondJson(seen)).toEqual({ second: 2, readyPods: 1, pods: 2, lag: 3 });
  });
});
