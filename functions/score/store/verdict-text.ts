import type { Finding, Verdict } from '../core/verdict.ts';

/** How a verdict stands in Redis while its fraud events are unsent: JSON, totals as text. */
export function encodeVerdict(verdict: Verdict): string {
  return JSON.stringify(verdict, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

export function decodeVerdict(text: string): Verdict {
  const written = JSON.parse(text) as Written<Verdict> & { findings: Written<Finding>[] };
  const findings = written.findings.map(
    (finding): Finding => ({ ...finding, totalMinor: BigInt(finding.totalMinor) }),
  );
  return { ...written, totalMinor: BigInt(written.totalMinor), findings };
}

type Written<T> = Omit<T, 'totalMinor'> & { readonly totalMinor: string };
