/**
 * May this Redis drop keys to make room (L5)? With any policy but `noeviction`, a full Redis
 * answers OK to writes and forgets totals: of 12,000 pairs 5,747 were seen to go (facts 5). With
 * `noeviction` it refuses the write, we answer 503, and nothing is lost.
 */
export type Eviction =
  | { readonly kind: 'keeps' }
  | { readonly kind: 'evicts'; readonly policy: string }
  | { readonly kind: 'unknown' };

export interface MemoryFacts {
  /** Text of `INFO memory`, or undefined where it is forbidden. */
  readonly info: string | undefined;
  /** `maxmemory-policy` as CONFIG GET gives it; managed Redis often forbids that. */
  readonly policy: string | undefined;
}

export function eviction(facts: MemoryFacts): Eviction {
  const fromInfo = facts.info && /^maxmemory_policy:(\S+)/m.exec(facts.info)?.[1];
  const policy = facts.policy ?? fromInfo;
  if (!policy) return { kind: 'unknown' };
  return policy === 'noeviction' ? { kind: 'keeps' } : { kind: 'evicts', policy };
}

/** What stands in the start-up error: what is wrong, why it matters, the cure. */
export function evictionProblem(shownUrl: string, policy: string): string {
  return (
    `Redis at ${shownUrl} may evict keys (maxmemory-policy is ${policy}), which would silently ` +
    'forget totals and alerts: run CONFIG SET maxmemory-policy noeviction (or set it in ' +
    "redis.conf, or in your provider's parameter group)"
  );
}
