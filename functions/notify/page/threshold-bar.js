// @ts-check
import { element } from './element.js';
import { share } from './money.js';

/**
 * A bar that shows an amount against the threshold: calm up to the threshold's mark, alarming
 * beyond it. For the eye only; the numbers stand beside it.
 *
 * @param {object} amounts all in minor units
 * @param {bigint} amounts.valueMinor
 * @param {bigint} amounts.thresholdMinor
 * @param {bigint} amounts.maxMinor what the bar's full width stands for
 * @param {bigint} [amounts.newMinor] the newest part of the value, drawn stronger
 */
export function thresholdBar({ valueMinor, thresholdMinor, maxMinor, newMinor = valueMinor }) {
  const before = valueMinor - newMinor;
  const under = smaller(valueMinor, thresholdMinor);
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  const part = (
    /** @type {string} */ kind,
    /** @type {bigint} */ from,
    /** @type {bigint} */ to,
  ) => {
    if (to <= from) return;
    const piece = element('span', { class: kind });
    piece.style.left = percent(from, maxMinor);
    piece.style.width = percent(to - from, maxMinor);
    bar.append(piece);
  };
  part('under before', 0n, smaller(before, under));
  part('under', smaller(before, under), under);
  part('over before', thresholdMinor, before);
  part('over', larger(before, thresholdMinor), valueMinor);
  const mark = element('span', { class: 'mark' });
  mark.style.left = percent(thresholdMinor, maxMinor);
  bar.append(mark);
  return bar;
}

/** @param {bigint} a @param {bigint} b */
const smaller = (a, b) => (a < b ? a : b);
/** @param {bigint} a @param {bigint} b */
const larger = (a, b) => (a > b ? a : b);
/** @param {bigint} part @param {bigint} whole */
const percent = (part, whole) => `${(share(part, whole) * 100).toFixed(2)}%`;
