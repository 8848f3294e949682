// @ts-check
import { byId, element } from './element.js';
import { formatMoney, formatMoneyShort, toMinor } from './money.js';
import { agoText, utcText } from './time.js';

/** @typedef {import('../alert-json.ts').SummaryJson} Summary */

const whole = new Intl.NumberFormat();

/** @param {Summary} summary */
export function showSummary(summary) {
  byId('count-alerts').textContent = whole.format(summary.alerts);
  byId('count-updates').textContent = whole.format(summary.updates);
  showOver(summary.over);
}

/**
 * The largest currency's sum stands for itself; sums of different money are not added up.
 * @param {Readonly<Record<string, string>>} over
 */
function showOver(over) {
  const sums = Object.entries(over).map(([currency, text]) => ({ currency, minor: toMinor(text) }));
  sums.sort((a, b) => (a.minor < b.minor ? 1 : -1));
  const cell = byId('count-over');
  const [largest, ...others] = sums;
  if (largest === undefined) {
    cell.textContent = '0';
    return;
  }
  cell.textContent = formatMoneyShort(largest.minor, largest.currency);
  if (others.length > 0) {
    const codes = others.map(({ currency }) => currency);
    cell.append(element('small', {}, `+ ${codes.length > 2 ? codes.length : codes.join(', ')}`));
  }
  cell.title = sums.map(({ currency, minor }) => formatMoney(minor, currency)).join(', ');
}

/** @param {string | undefined} receivedAt @param {number} nowMs */
export function showLastAlert(receivedAt, nowMs) {
  const cell = byId('count-last');
  cell.textContent = receivedAt === undefined ? 'none yet' : agoText(Date.parse(receivedAt), nowMs);
  if (receivedAt !== undefined) cell.title = utcText(receivedAt);
}
