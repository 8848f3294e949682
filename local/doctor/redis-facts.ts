import type { Resource } from './finding.ts';

/** What is known of one Redis, from itself or from how it is started; absent: not said. */
export interface RedisFacts {
  readonly resource: Resource;
  /** As it says: 7.0.15; or its image's tag: 7.4. */
  readonly version?: string;
  /** `maxmemory-policy`. */
  readonly policy?: string;
  readonly isAppendOnly?: boolean;
  /** When snapshots are made, as CONFIG GET save has it; empty: never. */
  readonly save?: string;
  /** Its files lie where they go with its pod. */
  readonly isOnEmptyDir?: boolean;
}
