import type { TrafficPlan } from './traffic-options.ts';

/**
 * A number of 32 bits made of all options but `count`, by FNV-1a (Fowler, Noll, Vo). It names the
 * traffic: the same traffic cut shorter has the same mark, any other traffic has another.
 */
export function trafficMark(plan: TrafficPlan): number {
  const { count: _, ...rest } = plan;
  const text = JSON.stringify(rest);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
