import { isJsonObject, member } from './json-text.ts';

const OURS = ['id', 'source', 'type', 'specversion', 'time', 'subject', 'datacontenttype'];
const RESERVED = [...OURS, 'dataschema', 'data', 'sequence', 'partitionkey', 'probe'];

/**
 * The extensions of a SinkBinding's `K_CE_OVERRIDES`, `{"extensions":{"name":"value"}}`, which are
 * to be set on every event sent (facts 2). Undefined when it is not that, or would change an
 * attribute that a fraud event has already.
 */
export function parseCeOverrides(text: string): Record<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const extensions = member(value, 'extensions') ?? {};
  if (!isJsonObject(extensions)) return undefined;
  for (const [name, text] of Object.entries(extensions)) {
    if (!/^[a-z0-9]{1,64}$/.test(name) || RESERVED.includes(name)) return undefined;
    if (typeof text !== 'string' || /[\p{Cc}\p{Cs}]/u.test(text)) return undefined;
  }
  return { ...extensions } as Record<string, string>;
}
