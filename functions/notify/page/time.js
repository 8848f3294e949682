// @ts-check
import { element } from './element.js';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/**
 * A time in the reader's zone, with UTC in its title.
 * @param {string} iso
 * @param {'clock' | 'date and clock'} style
 */
export function timeElement(iso, style = 'clock') {
  const at = new Date(iso);
  const text = style === 'clock' ? clock.format(at) : `${date.format(at)}, ${clock.format(at)}`;
  return element('time', { datetime: iso, title: utcText(iso) }, text);
}

/** @param {string} iso such as 2026-11-22T10:00:00.000Z */
export function utcText(iso) {
  return `${iso.replace('T', ' ').replace(/\.000Z$|Z$/, '')} UTC`;
}

/**
 * "12 seconds ago"; never in the future, whatever the clocks say.
 * @param {number} atMs
 * @param {number} nowMs
 */
export function agoText(atMs, nowMs) {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 60) return relative.format(-seconds, 'second');
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
  return relative.format(-Math.floor(seconds / 86_400), 'day');
}

/**
 * "8 min 30 s", never broken over two lines.
 * @param {number} ms
 */
export function durationText(ms) {
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts = [
    h > 0 && `${h}\u00a0h`,
    m > 0 && `${m}\u00a0min`,
    (s > 0 || seconds === 0) && `${s}\u00a0s`,
  ];
  return parts.filter(Boolean).join('\u00a0');
}
