import { printable } from '../printable.ts';
import { cureOf } from './cures.ts';
import { describeDecision } from './decision-text.ts';
import { payloadOf } from './letter-json.ts';
import type { LetterCase } from './read-letters.ts';
import { timeText } from './time-text.ts';

/** All that there is to know about one letter, for a terminal. */
export function letterPage(one: LetterCase, topic: string): string {
  const { letter, decision } = one;
  const { name, record, reason, field, expected, detail, from, id, url } = letter;
  const { payload, payloadBase64 } = payloadOf(letter);
  const earlier = decision === undefined ? [] : [...decision.earlier, decision];
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    ['letter', `${name} of ${topic}`],
    ['written', timeText(record.timestampMs)],
    ['reason', reason.text],
    ['field', field],
    ['expected', expected],
    ['detail', detail],
    ['sent to', url],
    ['record', from],
    ['id', id],
    ['record key', record.key ?? undefined],
    ...earlier.map((made) => ['decided', describeDecision(made)] as const),
    ['cure', cureOf(letter)],
  ];
  return [
    ...facts.flatMap(([label, text]) =>
      text ? [`${label.padEnd(12)}${escaped(label, text)}`] : [],
    ),
    '',
    'headers',
    ...Object.entries(record.headers).map(
      ([header, value]) => `    ${printable(header)}: ${printable(value)}`,
    ),
    '',
    payload === undefined ? 'payload, base64' : 'payload',
    ...(payload ?? payloadBase64 ?? '').split('\n').map((line) => `    ${printable(line)}`),
    '',
  ].join('\n');
}

/** Decisions and cures are our own words, and escaped where they quote. */
function escaped(label: string, text: string): string {
  return label === 'decided' || label === 'cure' ? text : printable(text);
}
