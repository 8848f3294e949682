/** What a terminal would obey, or what would turn its text around. */
const STEERING = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The text with nothing in it that a terminal would obey: an escape becomes `\u{1b}`, a line feed
 * `\u{a}`, and a backslash `\\`, so that no two texts look the same (P).
 */
export function printable(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(STEERING, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The value as one line of JSON, which is the same JSON with nothing steering in it. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(STEERING, (character) =>
    character.split('').map(escapeUnit).join(''),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
