import type { Benchmark } from './benchmark.ts';

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'door',
    summary: 'one CloudEvent a request, against bare node:http and the func template',
    isInShort: true,
    load: () => import('./door/door.ts'),
  },
  {
    name: 'memory',
    summary: "what a transaction takes in Redis, and costs, by its pair's number in a window",
    isInShort: true,
    load: () => import('./memory/memory.ts'),
  },
  {
    name: 'batch',
    summary: 'a preloaded topic to the fraud topic in batches, against Flink',
    isInShort: false,
    load: () => import('./batch/batch.ts'),
  },
  {
    name: 'latency',
    summary: 'transaction in a topic to fraud in a topic, one a request, against Flink',
    isInShort: false,
    load: () => import('./latency/latency.ts'),
  },
  {
    name: 'growth',
    summary: 'more processes, a Redis Cluster, a single hot pair, ten million pairs',
    isInShort: false,
    load: () => import('./growth/growth.ts'),
  },
  {
    name: 'replay',
    summary: 'the rule over history, from memory and from CSV',
    isInShort: false,
    load: () => import('./replay-bench.ts'),
  },
  {
    name: 'idle',
    summary: 'what a function holds that does next to nothing, and how soon it starts',
    isInShort: false,
    load: () => import('./idle/idle.ts'),
  },
];
