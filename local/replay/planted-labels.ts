import { parseAmount } from '#shared/domain/amount.ts';
import { parseRfc3339 } from '#shared/events/rfc3339-time.ts';
import { CASE_KINDS, type CaseKind, type Label } from '../../functions/generate/core/label.ts';

/**
 * The labels that `generate --labels` wrote, one a line.
 * @throws Error that names the line which is none.
 */
export function parseLabels(text: string): readonly Label[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const label = toLabel(line);
    if (label !== undefined) return [label];
    throw new Error(`line ${index + 1} is no label: expected a file of generate --labels`);
  });
}

function toLabel(line: string): Label | undefined {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { caseId, kind, pair, transactionIds, settledById, crossingId } = json ?? {};
  const totalMinor = parseAmount(String(json?.total));
  const isWhole = [caseId, settledById].every((id) => typeof id === 'string');
  if (!isWhole || !Object.hasOwn(CASE_KINDS, String(kind)) || totalMinor === undefined) {
    return undefined;
  }
  return {
    ...{ caseId: caseId as string, kind: kind as CaseKind, settledById: settledById as string },
    expected: CASE_KINDS[kind as CaseKind].expected,
    pair: pair as Label['pair'],
    transactionIds: transactionIds as readonly string[],
    crossingId: crossingId as string | undefined,
    totalMinor,
    firstTimeMs: parseRfc3339(String(json.firstTimestamp)) ?? 0,
    lastTimeMs: parseRfc3339(String(json.lastTimestamp)) ?? 0,
  };
}
