import { expect, it } from 'vitest';
import { newClusterId } from './kafka-broker.ts';

it('never gives Kafka a cluster id that looks like an option', () => {
  for (let first = 0; first < 256; first++) {
    const id = newClusterId(Buffer.alloc(16, first));
    expect(id).toMatch(/^k[\w-]{21}$/);
    expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  }
});
